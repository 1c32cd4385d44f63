package sshexec

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// Conn is one connection to one node, shared by commands, files and tunnels.
// Its methods may be called concurrently. It never comes back once it is
// gone: what was in flight is lost (*LostError), and a Pool dials again.
type Conn struct {
	node    string
	raw     *wire
	ssh     ssh.Conn
	places  places
	done    chan struct{} // closed when the connection is gone
	cleanup func()        // of what only this connection needs; may be nil

	failures     *failures
	shell        shell
	sudoPassword Secret
	sudoTerminal atomic.Bool // sudo wants one
	noForwarding atomic.Bool // sshd forbids it
	shellEnds    atomic.Bool // the login shell does something as it ends

	work sync.WaitGroup // everything that runs for this connection

	mu      sync.Mutex
	closing bool  // no new work
	cause   error // why we ended it; first one wins
	err     error // why it ended; set before done is closed
}

// String names the node, and nothing else: a connection knows secrets, and is at
// work while it is printed.
func (c *Conn) String() string { return "connection to " + c.node }

// accompany makes a Conn of an authenticated connection, and starts what runs
// beside it: reading to its end, answering the node, keepalives.
func accompany(node string, cfg Config, raw *wire, conn ssh.Conn, channels <-chan ssh.NewChannel, requests <-chan *ssh.Request) *Conn {
	c := &Conn{node: node, raw: raw, ssh: conn, places: places{taken: make(chan struct{}, cfg.Sessions)}, done: make(chan struct{}),
		shell: shell{turn: make(chan struct{}, 1)}, sudoPassword: cfg.SudoPassword, failures: cfg.failures}
	c.shell.turn <- struct{}{}
	c.work.Go(func() { ssh.DiscardRequests(requests) })
	c.work.Go(func() {
		for nc := range channels {
			_ = nc.Reject(ssh.Prohibited, "not a server")
		}
	})
	c.work.Go(func() { c.ended(conn.Wait()) })
	c.work.Go(func() { c.keepAlive(cfg.KeepAlive, cfg.KeepAliveMisses) })
	return c
}

// Done is closed when the connection is gone.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err says why the connection is gone; nil while it lives. ErrClosed after
// Close, an ErrDeadPeer when keepalives went unanswered, ErrHung when commands
// that were given up held every place.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Close ends the connection and returns when nothing runs for it any more.
// Commands in flight become *LostError. It may be called often.
func (c *Conn) Close() error {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	c.end(ErrClosed)
	c.work.Wait()
	if c.cleanup != nil {
		c.cleanup()
	}
	return nil
}

// end breaks the connection off; it does not wait.
func (c *Conn) end(cause error) {
	c.mu.Lock()
	if c.cause == nil {
		c.cause = cause
	}
	c.mu.Unlock()
	_ = c.ssh.Close()
}

func (c *Conn) ended(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.cause != nil:
		c.err = c.cause
	case err != nil:
		c.err = fmt.Errorf("the connection broke: %w", &saidError{err})
	default:
		c.err = errors.New("the node ended the connection")
	}
	if c.cause == nil {
		c.cause = c.err
	}
	close(c.done)
}

// spawn runs f as work of the connection. False: it is closing, f did not run.
func (c *Conn) spawn(f func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	c.work.Go(f)
	return true
}

// keepAlive asks for an answer every so often, and ends the connection when
// the answer takes longer than misses intervals.
func (c *Conn) keepAlive(interval time.Duration, misses int) {
	patience := interval * time.Duration(misses)
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-tick.C:
		}
		dead := time.AfterFunc(patience, func() {
			c.end(fmt.Errorf("%w for %s", ErrDeadPeer, patience))
		})
		_, _, err := c.ssh.SendRequest("keepalive@openssh.com", true, nil)
		dead.Stop()
		if err != nil {
			return
		}
	}
}

// open opens a channel; ctx ends the waiting, not the connection.
func (c *Conn) open(ctx context.Context, kind string, payload []byte) (ssh.Channel, <-chan *ssh.Request, error) {
	type opened struct {
		channel  ssh.Channel
		requests <-chan *ssh.Request
		err      error
	}
	out := make(chan opened)
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	started := c.spawn(func() {
		channel, requests, err := c.ssh.OpenChannel(kind, payload)
		select {
		case out <- opened{channel, requests, err}:
		case <-ctx.Done():
			if err == nil {
				_ = channel.Close()
				ssh.DiscardRequests(requests)
			}
		}
	})
	if !started {
		return nil, nil, ErrClosed
	}
	select {
	case o := <-out:
		var refused *ssh.OpenChannelError
		switch {
		case o.err == nil:
			return o.channel, o.requests, nil
		case !errors.As(o.err, &refused):
			return nil, nil, c.why(o.err)
		}
		return nil, nil, &saidError{o.err}
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
}

// request sends a channel request and waits for the node's yes or no. When ctx
// ends first the channel is closed.
func (c *Conn) request(ctx context.Context, ch ssh.Channel, kind, value string) (bool, error) {
	return c.requestWith(ctx, ch, kind, ssh.Marshal(struct{ Value string }{value}))
}

// requestWith is request with any payload.
func (c *Conn) requestWith(ctx context.Context, ch ssh.Channel, kind string, payload []byte) (bool, error) {
	type answer struct {
		ok  bool
		err error
	}
	out := make(chan answer, 1)
	if !c.spawn(func() {
		ok, err := ch.SendRequest(kind, true, payload)
		out <- answer{ok, err}
	}) {
		return false, ErrClosed
	}
	select {
	case a := <-out:
		if a.err != nil {
			return false, c.why(a.err)
		}
		return a.ok, nil
	case <-ctx.Done():
		c.closeChannel(ch)
		return false, context.Cause(ctx)
	}
}

// closeChannel asks the node to close; a silent node does not hold us up.
func (c *Conn) closeChannel(ch ssh.Channel) {
	c.spawn(func() { _ = ch.Close() })
}

// endedByNode says that a channel which has come to its end was ended by the
// node, not by the loss of the connection. x/crypto shows both alike, but
// reading below it fails before the channels end. (What this cannot tell is a
// node that disconnects by a message in the instant between an exit code and
// the end of the channel.)
func (c *Conn) endedByNode() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.raw.broken.Load() && c.cause == nil
}

// why prefers the reason we know for the end of the connection over what an
// operation on it says.
func (c *Conn) why(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause != nil {
		return c.cause
	}
	return &saidError{err}
}
