package sshexec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/ssh"
)

// DialContext opens a tunnel from the node to addr, "host:port" as seen there,
// in the shape http.Transport wants. ctx bounds the opening only. Where sshd
// forbids forwarding (direct-tcpip, RFC 4254 section 7.2), a command on the node makes
// the connection, and counts as one of Config.Sessions while it is open.
//
// The connection has deadlines. It has no half-close: when either side ends,
// it is closed. It breaks with the Conn, and then reading gives the reason.
func (c *Conn) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	fail := func(err error) (net.Conn, error) {
		return nil, &TunnelError{Node: c.node, Addr: addr, Err: err}
	}
	if network != "tcp" && network != "tcp4" && network != "tcp6" {
		return fail(net.UnknownNetworkError(network))
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fail(err)
	}
	conn, err := c.reach(ctx, host, port)
	if err != nil {
		return fail(err)
	}
	return conn, nil
}

// reach connects through sshd, or through a command where sshd forbids it.
func (c *Conn) reach(ctx context.Context, host, port string) (net.Conn, error) {
	if !c.noForwarding.Load() {
		conn, err := c.forward(ctx, host, port)
		if !errors.Is(err, ErrNoForwarding) {
			return conn, err
		}
		c.noForwarding.Store(true) // and is not asked again: it logs every time
	}
	conn, err := c.relay(ctx, host, port)
	if err != nil {
		return nil, fmt.Errorf("by a command, since sshd forbids forwarding: %w", err)
	}
	return conn, nil
}

// dialNext is DialContext for what is behind a jump host: there, ErrNoForwarding is
// the end. What a bastion forbids is not got around.
func (c *Conn) dialNext(ctx context.Context, _, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, &TunnelError{Node: c.node, Addr: addr, Err: err}
	}
	conn, err := c.forward(ctx, host, port)
	if err != nil {
		return nil, &TunnelError{Node: c.node, Addr: addr, Err: err}
	}
	return conn, nil
}

// forward opens a direct-tcpip channel. ErrNoForwarding when the node's sshd
// forbids it.
func (c *Conn) forward(ctx context.Context, host, port string) (net.Conn, error) {
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, err
	}
	channel, requests, err := c.open(ctx, "direct-tcpip", ssh.Marshal(struct {
		Host     string
		Port     uint32
		FromHost string
		FromPort uint32
	}{host, uint32(number), "127.0.0.1", 0}))
	var refused *ssh.OpenChannelError
	if errors.As(err, &refused) && refused.Reason == ssh.Prohibited {
		return nil, fmt.Errorf("%w: %w", ErrNoForwarding, err)
	}
	if refused != nil {
		return nil, errors.New(said(refused.Message))
	}
	if err != nil {
		return nil, err
	}
	c.dropStderr(channel)
	s, err := c.stream(channel, requests, tunnelAddr(net.JoinHostPort(host, port)), closing())
	if err != nil {
		return nil, err
	}
	return s, nil
}

// stream is a channel as a net.Conn. A channel of x/crypto has no deadlines,
// and closing it wakes nobody until the node has answered: so its user gets one
// end of a local pipe, and the channel is pumped through the other.
type stream struct {
	net.Conn
	to    net.Addr
	broke atomic.Pointer[error] // why the end that Read sees is none
}

// Standard error is the caller's to read.
func (c *Conn) stream(ch ssh.Channel, requests <-chan *ssh.Request, to net.Addr, e ending) (*stream, error) {
	near, far := net.Pipe()
	s := &stream{Conn: near, to: to}
	started := c.spawn(func() {
		defer e.ended()
		defer ch.Close()
		var pumps sync.WaitGroup
		pumps.Go(func() { ssh.DiscardRequests(requests) })
		var once sync.Once
		hangUp := func() { once.Do(func() { _ = e.hangUp(ch) }) }
		pumps.Go(func() {
			_, _ = io.Copy(ch, far)
			hangUp() // the user has closed, or the node is gone
		})
		_, _ = io.Copy(far, ch)
		if !c.endedByNode() {
			err := c.why(errHungUp)
			s.broke.Store(&err)
		}
		_ = far.Close() // which ends the pump, and it hangs up
		if e.besideWrites {
			hangUp()
		}
		pumps.Wait()
	})
	if !started {
		_ = near.Close()
		return nil, ErrClosed
	}
	return s, nil
}

// ending is how a stream ends.
type ending struct {
	hangUp func(ssh.Channel) error // our end of it, called once
	ended  func()                  // called when both have ended; not when stream has failed

	// hangUp may be called while a write is under way, and ends it. x/crypto
	// allows that of Close, not of CloseWrite.
	besideWrites bool
}

// closing is an end by closing the channel.
func closing() ending { return ending{hangUp: ssh.Channel.Close, ended: func() {}, besideWrites: true} }

// dropStderr reads what nobody wants to know. A channel has one reader of it:
// of two, x/crypto would wake only one at the end.
func (c *Conn) dropStderr(ch ssh.Channel) {
	c.spawn(func() { _, _ = io.Copy(io.Discard, ch.Stderr()) })
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	if broke := s.broke.Load(); errors.Is(err, io.EOF) && broke != nil {
		err = *broke
	}
	return n, err
}

func (s *stream) RemoteAddr() net.Addr { return s.to }

// tunnelAddr is an address as seen from a node.
type tunnelAddr string

func (tunnelAddr) Network() string  { return "tcp" }
func (a tunnelAddr) String() string { return string(a) }
