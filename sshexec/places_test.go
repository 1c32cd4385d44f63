package sshexec

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ssh"
)

// tar is a node that answers keepalives and starts commands, and never ends
// one called hang, nor closes its channel, whoever has given it up. (What
// x/crypto serves closes by itself.)
type tar struct {
	over chan struct{}
	end  func()
}

func newTar() tar {
	over := make(chan struct{})
	return tar{over, sync.OnceFunc(func() { close(over) })}
}

func (n tar) OpenChannel(string, []byte) (ssh.Channel, <-chan *ssh.Request, error) {
	requests := make(chan *ssh.Request, 1)
	return &tarChannel{node: n, requests: requests, ended: make(chan struct{})}, requests, nil
}

func (n tar) SendRequest(string, bool, []byte) (bool, []byte, error) { return true, nil, nil }
func (n tar) Close() error                                           { n.end(); return nil }
func (n tar) Wait() error                                            { <-n.over; return io.EOF }
func (n tar) User() string                                           { return "" }
func (n tar) SessionID() []byte                                      { return nil }
func (n tar) ClientVersion() []byte                                  { return nil }
func (n tar) ServerVersion() []byte                                  { return nil }
func (n tar) RemoteAddr() net.Addr                                   { return nil }
func (n tar) LocalAddr() net.Addr                                    { return nil }

type tarChannel struct {
	node     tar
	requests chan *ssh.Request
	ended    chan struct{}
}

func (c *tarChannel) SendRequest(_ string, _ bool, payload []byte) (bool, error) {
	var line struct{ Value string }
	if err := ssh.Unmarshal(payload, &line); err != nil {
		return false, err
	}
	go func() {
		defer close(c.requests)
		defer close(c.ended)
		if line.Value == "slow" {
			time.Sleep(5 * time.Minute)
		}
		if line.Value == "hang" {
			<-c.node.over
			return
		}
		c.requests <- &ssh.Request{Type: "exit-status", Payload: make([]byte, 4)}
	}()
	return true, nil
}

func (c *tarChannel) Read([]byte) (int, error)    { <-c.ended; return 0, io.EOF }
func (c *tarChannel) Write(p []byte) (int, error) { return len(p), nil }
func (c *tarChannel) Close() error                { return nil }
func (c *tarChannel) CloseWrite() error           { return nil }
func (c *tarChannel) Stderr() io.ReadWriter       { return c }

func TestCommandsThatANodeNeverEnds(t *testing.T) {
	say := func(ctx context.Context, c *Conn, word string) error {
		_, err := c.Run(ctx, Cmd{Argv: []string{word}})
		return err
	}
	giveUp := func(t *testing.T, c *Conn) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var lost *LostError
		if err := say(ctx, c, "hang"); !errors.As(err, &lost) {
			t.Fatalf("%v, want it lost", err)
		}
	}
	for name, try := range map[string]func(*testing.T, *Conn){
		"do not keep others waiting once all of them were given up": func(t *testing.T, c *Conn) {
			for range 5 {
				giveUp(t, c)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			began := time.Now()
			err := say(ctx, c, "true")
			var not *NotRunError
			if !errors.As(err, &not) || !errors.Is(err, ErrHung) || time.Since(began) > time.Minute {
				t.Fatalf("after %s: %v", time.Since(began), err)
			}
			if !errors.Is(c.Err(), ErrHung) {
				t.Errorf("the connection, which a pool would go on giving: %v", c.Err())
			}
		},
		"do not end the connection while somebody waits for a command": func(t *testing.T, c *Conn) {
			for range 4 {
				giveUp(t, c)
			}
			slow := make(chan error, 1)
			go func() { slow <- say(t.Context(), c, "slow") }()
			synctest.Wait()
			for range 20 {
				if err := say(t.Context(), c, "true"); err != nil {
					t.Errorf("in its turn: %v", err)
				}
			}
			if err := <-slow; err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := Config{}.withDefaults()
				channels, requests := make(chan ssh.NewChannel), make(chan *ssh.Request)
				close(channels)
				close(requests)
				c := accompany("m1", cfg, &wire{}, newTar(), channels, requests)
				defer c.Close()
				c.shell.known = true
				try(t, c)
			})
		})
	}
}
