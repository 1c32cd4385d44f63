package sshd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"golang.org/x/crypto/ssh"
)

// Server is one node's SSH daemon as data. It must not be changed while it
// serves; it may serve many connections at once.
type Server struct {
	HostKey    ssh.Signer
	User       string          // the only login; "" accepts any name
	Authorized []ssh.PublicKey // keys that may log in
	Handler    Handler

	// What a hardened sshd_config forbids.
	RefuseForwarding bool // AllowTcpForwarding no
	RefuseSFTP       bool // no sftp subsystem
}

// Serve speaks SSH on c until the connection is over, and returns when all of
// its goroutines have ended; c is closed then. Ending ctx closes the connection.
// A client that simply goes away is no error; a failed handshake is.
func (s *Server) Serve(ctx context.Context, c net.Conn) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	defer c.Close()

	conn, channels, requests, err := ssh.NewServerConn(c, s.config())
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	var work sync.WaitGroup
	defer work.Wait()
	defer conn.Close()
	work.Go(func() { answer(requests) })
	for nc := range channels {
		work.Go(func() { s.channel(ctx, nc) })
	}
	cancel() // the connection is gone, and so is what ran for it
	return nil
}

// ServeListener serves what l accepts, until ctx ends or l is closed, and
// returns when every connection is over. Failed handshakes are the client's
// business and are dropped.
func (s *Server) ServeListener(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	var conns sync.WaitGroup
	defer conns.Wait()
	defer cancel()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accepting connections: %w", err)
		}
		conns.Go(func() { _ = s.Serve(ctx, c) })
	}
}

func (s *Server) config() *ssh.ServerConfig {
	cfg := &ssh.ServerConfig{
		PublicKeyCallback: func(who ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if s.User != "" && who.User() != s.User {
				return nil, fmt.Errorf("no such user %q", who.User())
			}
			for _, a := range s.Authorized {
				if bytes.Equal(a.Marshal(), key.Marshal()) {
					return nil, nil
				}
			}
			return nil, errors.New("key is not authorized")
		},
	}
	cfg.AddHostKey(s.HostKey)
	return cfg
}

// answer says yes to keepalives and no to everything else.
func answer(requests <-chan *ssh.Request) {
	for r := range requests {
		if r.WantReply {
			_ = r.Reply(r.Type == "keepalive@openssh.com", nil)
		}
	}
}

func (s *Server) channel(ctx context.Context, nc ssh.NewChannel) {
	switch nc.ChannelType() {
	case "session":
		s.session(ctx, nc)
	case "direct-tcpip":
		s.tunnel(ctx, nc)
	default:
		_ = nc.Reject(ssh.UnknownChannelType, "unknown channel type")
	}
}
