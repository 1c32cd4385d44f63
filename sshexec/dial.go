package sshexec

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/cenkalti/backoff/v4"
	"golang.org/x/crypto/ssh"
)

type netDial = func(ctx context.Context, network, addr string) (net.Conn, error)

// Dial connects to one node, through connections to its jump hosts that are
// its own. Errors are *DialError; nothing was run then. One that is an ErrAuth
// or an ErrHostKey will not go away by itself.
func Dial(ctx context.Context, t Target, cfg Config) (*Conn, error) {
	p := NewPool(cfg, nil)
	c, err := p.dial(ctx, t)
	if err != nil {
		p.Close()
		return nil, err
	}
	c.cleanup = p.Close
	return c, nil
}

// route is how the first byte gets to a target.
type route struct {
	approach func(ctx context.Context) (netDial, error)          // the nearest jump host, connected; its errors end everything
	admit    func(ctx context.Context) (leave func(), err error) // waits for a place among the handshakes
}

// connect tries a target until it answers, attempts are used up, or trying
// again is pointless.
func connect(ctx context.Context, t Target, cfg Config, r route) (*Conn, error) {
	if ctx.Err() != nil {
		return nil, &DialError{Node: t.Name, Addr: t.Addr, Err: context.Cause(ctx)}
	}
	p := newPatience(t.Name, cfg)
	var last error
	c, err := backoff.RetryWithData(func() (*Conn, error) {
		var c *Conn
		c, last = attempt(ctx, t, cfg, r)
		if pointless(last) || last != nil && !p.more(last) {
			return nil, backoff.Permanent(last)
		}
		return c, last
	}, backoff.WithContext(p, ctx))
	if err == nil {
		return c, nil
	}
	if ctx.Err() != nil && !errors.Is(last, context.Cause(ctx)) {
		last = fmt.Errorf("%w; the last attempt: %w", context.Cause(ctx), last)
	}
	var dialled *DialError
	if errors.As(last, &dialled) && dialled.Node == t.Name {
		return nil, last
	}
	return nil, &DialError{Node: t.Name, Addr: t.Addr, Err: last}
}

// pointless says that an error will not go away by trying again, or that its
// own attempts are used up.
func pointless(err error) bool {
	var hop *DialError
	return errors.Is(err, ErrAuth) || errors.Is(err, ErrAgent) || errors.Is(err, ErrHostKey) || errors.Is(err, ErrAlgorithms) || errors.Is(err, ErrNoForwarding) || errors.As(err, &hop)
}

// attempt approaches the target, waits for a place among the handshakes and
// makes one. When the node accepts a key whose passphrase is not known, a person
// is asked, and it is made again.
func attempt(ctx context.Context, t Target, cfg Config, r route) (*Conn, error) {
	dial, err := r.approach(ctx)
	if err != nil {
		return nil, err
	}
	for {
		if err := cfg.unlocked.ask(ctx, cfg); err != nil { // a person takes longer than a dial may
			return nil, err
		}
		c, err := admitted(ctx, t, cfg, r, dial)
		if err == nil || !cfg.unlocked.wants(ctx, cfg, err) {
			return c, err
		}
	}
}

func admitted(ctx context.Context, t Target, cfg Config, r route, dial netDial) (*Conn, error) {
	leave, err := r.admit(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return handshake(ctx, t, cfg, dial)
}

// handshake connects and logs in, within the dial timeout.
func handshake(ctx context.Context, t Target, cfg Config, dial netDial) (*Conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, cfg.DialTimeout, fmt.Errorf("no answer within %s", cfg.DialTimeout))
	defer cancel()
	keys, err := loadHostKeys(cfg, t.Name, t.Addr)
	if err != nil {
		return nil, err
	}
	who := loadLogin(ctx, cfg)
	defer who.close()
	dialled, err := dial(ctx, "tcp", t.Addr)
	if err != nil {
		return nil, orCause(ctx, err)
	}
	raw := &wire{Conn: dialled}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	conn, channels, requests, err := ssh.NewClientConn(raw, t.Addr, &ssh.ClientConfig{
		Config:            cfg.Algorithms.or(usualAlgorithms()).config(),
		User:              t.User,
		HostKeyAlgorithms: keys.algos,
		HostKeyCallback:   keys.check,
		AuthCallback:      who.next,
	})
	if inTime := stop(); err == nil && !inTime {
		conn.Close()
		ssh.DiscardRequests(requests)
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, failed(ctx, err, raw, keys, who)
	}
	return accompany(t.Name, cfg, raw, conn, channels, requests), nil
}

// failed says why a handshake has failed.
func failed(ctx context.Context, err error, raw *wire, keys *hostKeys, who *login) error {
	if raw.hungUpFirst() && ctx.Err() == nil && !errors.Is(err, ErrAuth) {
		return fmt.Errorf("%w: %w", errDropped, explained(err))
	}
	err = who.explain(explained(explainAlgorithms(keys.explain(err))), raw.broken.Load())
	if errors.Is(err, ErrAgent) {
		return err
	}
	return orCause(ctx, err)
}

// explained shortens what a node has said in a handshake. Our own words stay
// as they are.
func explained(err error) error {
	var key *HostKeyError
	if errors.As(err, &key) {
		return key
	}
	if errors.Is(err, ErrHostKey) || errors.Is(err, ErrAuth) || errors.Is(err, ErrAlgorithms) {
		return err
	}
	return &saidError{err}
}

// orCause prefers the reason why the time was up over what that looked like.
func orCause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
