package sshexec

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Pool keeps one connection per node, and one per chain of jump hosts, which
// the nodes behind it share. Safe for concurrent use.
type Pool struct {
	cfg    Config
	lookup func(name string) (Target, error)

	nodes, hops kept
	handshakes  chan struct{} // a place per handshake, of all

	mu      sync.Mutex
	perJump map[string]chan struct{} // likewise, through one jump host

	guests visits
}

// NewPool makes a Pool that dials nothing yet. lookup says where a node is; it
// is called from several goroutines, for every dial.
func NewPool(cfg Config, lookup func(name string) (Target, error)) *Pool {
	cfg = cfg.withDefaults()
	cfg.unlocked = newUnlocked()
	cfg.failures = &failures{}
	cfg.known = &knownFiles{}
	return &Pool{cfg: cfg, lookup: lookup, handshakes: make(chan struct{}, cfg.Handshakes), perJump: map[string]chan struct{}{}}
}

// Get returns the kept connection of a node. When there is none or it is dead,
// it is dialled, once for all who ask at that time. A connection that dies
// under a command is never replaced under it. Errors are *DialError.
func (p *Pool) Get(ctx context.Context, name string) (*Conn, error) {
	p.guests.ask(name)
	c, err := p.nodes.get(ctx, name, func(ctx context.Context) (*Conn, error) {
		t, err := p.lookup(name)
		if err != nil {
			return nil, err
		}
		return p.dial(ctx, t)
	})
	var told *DialError
	if err != nil && !errors.As(err, &told) {
		return nil, &DialError{Node: name, Err: err}
	}
	return c, err
}

// Hide puts ••• into a text wherever it shows a secret that this Pool was told:
// sudo's password, or the passphrase of a key.
func (p *Pool) Hide(text []byte) []byte {
	return hide(text, append(p.cfg.unlocked.phrases(), p.cfg.SudoPassword)...)
}

// Failures are the last commands that have failed on a node, the oldest first,
// with all that they said: errors repeat the end of it.
func (p *Pool) Failures(node string) []Failure { return p.cfg.failures.of(node) }

// Drop ends a node's connection, or its dial; the next Get dials again.
func (p *Pool) Drop(name string) { p.nodes.drop(name) }

// closeLimit bounds Close, for a dial that does not end with its context.
const closeLimit = 5 * time.Second

// Close ends every connection and dial, and returns when nothing runs any
// more, or after 5 s. Get gives ErrClosed afterwards.
func (p *Pool) Close() {
	p.nodes.end() // first of all, those that wait for a jump host
	p.hops.end()
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.nodes.close()
		p.hops.close()
	}()
	limit := time.NewTimer(closeLimit)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
	}
}

func (p *Pool) dial(ctx context.Context, t Target) (*Conn, error) {
	return connect(ctx, t, p.cfg.forTarget(t), route{
		approach: func(ctx context.Context) (netDial, error) { return p.approach(ctx, t) },
		admit:    func(ctx context.Context) (func(), error) { return p.admit(ctx, t.Jump) },
	})
}

// approach connects the last jump host before t.
func (p *Pool) approach(ctx context.Context, t Target) (netDial, error) {
	if len(t.Jump) == 0 {
		return p.cfg.NetDial, nil
	}
	before, last := t.Jump[:len(t.Jump)-1], t.Jump[len(t.Jump)-1]
	hop, err := p.hops.get(ctx, chain(t.Jump), func(ctx context.Context) (*Conn, error) {
		return p.dial(ctx, last.target(before))
	})
	if err != nil {
		return nil, &DialError{Node: t.Name, Addr: t.Addr, Via: last.Name, Err: err}
	}
	return hop.dialNext, nil
}

// admit takes a place among the handshakes: first of the jump host, so that a
// slow one does not hold the places of all.
func (p *Pool) admit(ctx context.Context, jump []Hop) (func(), error) {
	var taken []chan struct{}
	leave := func() {
		for _, place := range taken {
			<-place
		}
	}
	for _, place := range p.places(jump) {
		select {
		case place <- struct{}{}:
			taken = append(taken, place)
		case <-ctx.Done():
			leave()
			return nil, context.Cause(ctx)
		}
	}
	return leave, nil
}

func (p *Pool) places(jump []Hop) []chan struct{} {
	if len(jump) == 0 {
		return []chan struct{}{p.handshakes}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at := chain(jump)
	if p.perJump[at] == nil {
		p.perJump[at] = make(chan struct{}, p.cfg.HandshakesPerJump)
	}
	return []chan struct{}{p.perJump[at], p.handshakes}
}
