package sshd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// Server is one node's SSH daemon as data. It must not be changed while it
// serves; it may serve many connections at once.
type Server struct {
	HostKey         ssh.Signer
	FurtherHostKeys []ssh.Signer    // of other types; the client chooses one
	User            string          // the only login; "" accepts any name
	Authorized      []ssh.PublicKey // keys that may log in
	Authority       ssh.PublicKey   // of users' certificates, without which nobody may; nil: keys are enough
	Handler         Handler

	// What a hardened sshd_config forbids.
	RefuseForwarding bool // AllowTcpForwarding no
	RefuseSFTP       bool // no sftp subsystem
	RequireTTY       bool // sudoers say so: no sudo without a terminal
	MaxStartups      int  // that have not logged in yet, of ServeListener; 0: any number
	MaxSessions      int  // open on one connection at once; 0: any number

	Asked func(line string) // of a command, before its request is answered; nil: nothing is done

	Banner string        // said before the login
	Slow   time.Duration // passes before the login, as with UseDNS and a name service that is down

	// Configure changes what x/crypto is told: algorithms, MaxAuthTries, further
	// methods of login. nil changes nothing.
	Configure func(*ssh.ServerConfig)
}

// Serve speaks SSH on c until the connection is over, and returns when all of
// its goroutines have ended; c is closed then. Ending ctx closes the connection.
// A client that simply goes away is no error; a failed handshake is.
func (s *Server) Serve(ctx context.Context, c net.Conn) error {
	return s.serve(ctx, c, func() {})
}

// serve is Serve that says when the client has logged in, or has failed to.
func (s *Server) serve(ctx context.Context, c net.Conn, begun func()) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	defer c.Close()

	slow := time.NewTimer(s.Slow)
	defer slow.Stop()
	select {
	case <-slow.C:
	case <-ctx.Done():
		begun()
		return nil
	}
	conn, channels, requests, err := ssh.NewServerConn(c, s.config())
	begun()
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	var work sync.WaitGroup
	defer work.Wait()
	defer conn.Close()
	work.Go(func() { answer(requests) })
	var sessions atomic.Int32
	for nc := range channels {
		if nc.ChannelType() != "session" {
			work.Go(func() { s.channel(ctx, nc) })
			continue
		}
		if n := sessions.Add(1); s.MaxSessions > 0 && int(n) > s.MaxSessions {
			sessions.Add(-1)
			_ = nc.Reject(ssh.ConnectionFailed, "open failed") // OpenSSH's words
			continue
		}
		work.Go(func() {
			defer sessions.Add(-1)
			s.session(ctx, nc)
		})
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
	var startups atomic.Int32
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
		if n := startups.Add(1); s.MaxStartups > 0 && int(n) > s.MaxStartups {
			startups.Add(-1)
			c.Close()
			continue
		}
		conns.Go(func() { _ = s.serve(ctx, c, func() { startups.Add(-1) }) })
	}
}

func (s *Server) config() *ssh.ServerConfig {
	cfg := &ssh.ServerConfig{
		PublicKeyCallback: func(who ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if s.User != "" && who.User() != s.User {
				return nil, fmt.Errorf("no such user %q", who.User())
			}
			if s.Authority != nil {
				checker := ssh.CertChecker{IsUserAuthority: func(by ssh.PublicKey) bool { return bytes.Equal(by.Marshal(), s.Authority.Marshal()) }}
				return checker.Authenticate(who, key)
			}
			for _, a := range s.Authorized {
				if bytes.Equal(a.Marshal(), key.Marshal()) {
					return nil, nil
				}
			}
			return nil, errors.New("key is not authorized")
		},
		BannerCallback: func(ssh.ConnMetadata) string { return s.Banner },
	}
	for _, key := range append([]ssh.Signer{s.HostKey}, s.FurtherHostKeys...) {
		cfg.AddHostKey(key)
	}
	if s.Configure != nil {
		s.Configure(cfg)
	}
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
	case "direct-tcpip":
		s.tunnel(ctx, nc)
	default:
		_ = nc.Reject(ssh.UnknownChannelType, "unknown channel type")
	}
}
