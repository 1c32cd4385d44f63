package sshexec

import (
	"context"
	"sync"
)

// kept holds connections by name, dialling each once however many ask for it.
type kept struct {
	mu      sync.Mutex
	entries map[string]*entry
	closed  bool
	work    sync.WaitGroup
}

// entry is a connection, or the dial that will bring it.
type entry struct {
	ready  chan struct{}
	cancel context.CancelCauseFunc // ends the dial
	asking int                     // callers that wait for the dial; guarded by kept.mu

	// Set before ready is closed.
	conn *Conn
	err  error
}

func (e *entry) dead() bool {
	select {
	case <-e.ready:
	default:
		return false
	}
	if e.conn == nil {
		return true
	}
	select {
	case <-e.conn.Done():
		return true
	default:
		return false
	}
}

// get returns the living connection of that name, or dials it. The dial goes on
// as long as anybody waits for it; its error goes to all of them and is not kept.
func (k *kept) get(ctx context.Context, name string, dial func(context.Context) (*Conn, error)) (*Conn, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return nil, ErrClosed
	}
	e := k.entries[name]
	if e == nil || e.dead() {
		e = k.begin(ctx, name, dial)
	}
	e.asking++
	k.mu.Unlock()

	select {
	case <-e.ready:
	case <-ctx.Done():
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	e.asking--
	select {
	case <-e.ready:
		return e.conn, e.err
	default:
	}
	if e.asking == 0 { // nobody is left who wants it
		e.cancel(context.Cause(ctx))
		k.forget(name, e)
	}
	return nil, context.Cause(ctx)
}

// begin starts a dial, and clears the dead connection of that name away. The
// lock is held.
func (k *kept) begin(ctx context.Context, name string, dial func(context.Context) (*Conn, error)) *entry {
	if old := k.entries[name]; old != nil && old.conn != nil {
		k.work.Go(func() { old.conn.Close() })
	}
	// The dial is shared: it must not end with the first who asked.
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	e := &entry{ready: make(chan struct{}), cancel: cancel}
	if k.entries == nil {
		k.entries = map[string]*entry{}
	}
	k.entries[name] = e
	k.work.Go(func() {
		conn, err := dial(ctx)
		k.mu.Lock()
		defer k.mu.Unlock()
		if err == nil && k.entries[name] != e { // dropped meanwhile
			k.work.Go(func() { conn.Close() })
			conn, err = nil, context.Cause(ctx)
		}
		if err != nil {
			k.forget(name, e)
		}
		e.conn, e.err = conn, err
		close(e.ready)
		cancel(nil)
	})
	return e
}

// forget takes an entry out, if it is still the one of that name. The lock is held.
func (k *kept) forget(name string, e *entry) {
	if k.entries[name] == e {
		delete(k.entries, name)
	}
}

// retire ends the connection of that name without waiting for its end.
func (k *kept) retire(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.entries[name]
	if e == nil || k.closed {
		return
	}
	delete(k.entries, name)
	e.cancel(ErrClosed)
	k.work.Go(func() {
		<-e.ready
		if e.conn != nil {
			e.conn.Close()
		}
	})
}

// drop ends the connection of that name, or its dial.
func (k *kept) drop(name string) {
	k.mu.Lock()
	e := k.entries[name]
	if e == nil {
		k.mu.Unlock()
		return
	}
	delete(k.entries, name)
	e.cancel(ErrClosed)
	k.mu.Unlock()
	<-e.ready
	if e.conn != nil {
		e.conn.Close()
	}
}

// end cancels every dial, and lets nothing new begin.
func (k *kept) end() (names []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	for name, e := range k.entries {
		names = append(names, name)
		e.cancel(ErrClosed)
	}
	return names
}

// close drops everything, and returns when nothing runs any more.
func (k *kept) close() {
	for _, name := range k.end() {
		k.drop(name)
	}
	k.work.Wait()
}
