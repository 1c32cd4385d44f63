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

// DialContext opens a tunnel from the node to addr, "host:port" as seen there
// (direct-tcpip, RFC 4254 section 7.2), in the shape http.Transport wants. ctx
// bounds the opening only. ErrNoForwarding when the node's sshd forbids it.
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
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return fail(err)
	}
	channel, requests, err := c.open(ctx, "direct-tcpip", ssh.Marshal(struct {
		Host     string
		Port     uint32
		FromHost string
		FromPort uint32
	}{host, uint32(number), "127.0.0.1", 0}))
	var refused *ssh.OpenChannelError
	if errors.As(err, &refused) && refused.Reason == ssh.Prohibited {
		return fail(fmt.Errorf("%w: %w", ErrNoForwarding, err))
	}
	if refused != nil {
		return fail(errors.New(said(refused.Message)))
	}
	if err != nil {
		return fail(err)
	}
	s, err := c.stream(channel, requests, tunnelAddr(addr))
	if err != nil {
		return fail(err)
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

func (c *Conn) stream(ch ssh.Channel, requests <-chan *ssh.Request, to net.Addr) (*stream, error) {
	near, far := net.Pipe()
	s := &stream{Conn: near, to: to}
	started := c.spawn(func() {
		var pumps sync.WaitGroup
		pumps.Go(func() { ssh.DiscardRequests(requests) })
		pumps.Go(func() { _, _ = io.Copy(io.Discard, ch.Stderr()) })
		pumps.Go(func() {
			_, _ = io.Copy(ch, far)
			_ = ch.Close() // the user has closed, or the node is gone
		})
		_, _ = io.Copy(far, ch)
		_ = ch.Close()
		if !c.endedByNode() {
			err := c.why(errHungUp)
			s.broke.Store(&err)
		}
		_ = far.Close()
		pumps.Wait()
	})
	if !started {
		_ = near.Close()
		return nil, ErrClosed
	}
	return s, nil
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
