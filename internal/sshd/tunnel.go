package sshd

import (
	"context"
	"io"
	"net"
	"strconv"
	"sync"

	"golang.org/x/crypto/ssh"
)

// tunnel joins a direct-tcpip channel (RFC 4254 section 7.2) with what the
// handler dials.
func (s *Server) tunnel(ctx context.Context, nc ssh.NewChannel) {
	if s.RefuseForwarding {
		_ = nc.Reject(ssh.Prohibited, "administratively prohibited")
		return
	}
	var to struct {
		Host     string
		Port     uint32
		FromHost string
		FromPort uint32
	}
	if err := ssh.Unmarshal(nc.ExtraData(), &to); err != nil {
		_ = nc.Reject(ssh.ConnectionFailed, "malformed address")
		return
	}
	far, err := s.Handler.Dial(ctx, net.JoinHostPort(to.Host, strconv.Itoa(int(to.Port))))
	if err != nil {
		_ = nc.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	defer far.Close()
	defer context.AfterFunc(ctx, func() { far.Close() })()
	near, requests, err := nc.Accept()
	if err != nil {
		return
	}
	join(near, requests, far)
}

// join copies both ways and hands half-closes on. It returns when both
// directions have ended, or the client has closed the channel.
func join(near ssh.Channel, requests <-chan *ssh.Request, far net.Conn) {
	var work sync.WaitGroup
	work.Go(func() {
		answer(requests) // ends with the channel
		far.Close()
	})
	var copies sync.WaitGroup
	copies.Go(func() {
		_, _ = io.Copy(near, far)
		_ = near.CloseWrite()
	})
	copies.Go(func() {
		_, _ = io.Copy(far, near)
		if half, ok := far.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	})
	copies.Wait()
	_ = near.Close()
	work.Wait()
}
