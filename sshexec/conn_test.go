package sshexec_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/memnet"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestConn(t *testing.T) {
	k := newKeys(t)
	for name, try := range map[string]func(*testing.T, *lab, *sshexec.Conn){
		"a signal is an exit code of 128 and its number": func(t *testing.T, l *lab, c *sshexec.Conn) {
			_, err := c.Run(t.Context(), sshexec.Cmd{Argv: []string{"killed"}})
			var exit *sshexec.ExitError
			if !errors.As(err, &exit) || exit.Code != 143 {
				t.Errorf("%v, want exit code 143", err)
			}
		},
		"a warning of sudo does not hide that the command ran": func(t *testing.T, l *lab, c *sshexec.Conn) {
			_, err := c.Run(t.Context(), sshexec.Cmd{Argv: []string{"complain", "sudo: unable to resolve host m1"}, Sudo: true})
			var exit *sshexec.ExitError
			if !errors.As(err, &exit) || exit.Code != 1 {
				t.Errorf("%v (%T), want exit code 1", err, err)
			}
		},
		"a command that failed under sudo is not run a second time": func(t *testing.T, l *lab, c *sshexec.Conn) {
			_, err := c.Run(t.Context(), sshexec.Cmd{Argv: []string{"complain", "must have a tty"}, Sudo: true})
			var exit *sshexec.ExitError
			if all := strings.Join(l.m1.ran, "\n"); !errors.As(err, &exit) || strings.Count(all, "complain") != 1 {
				t.Errorf("%v (%T), ran %q; want the exit code of one call", err, err, l.m1.ran)
			}
		},
		"an endless output is bounded in memory, and by ctx in time": func(t *testing.T, l *lab, c *sshexec.Conn) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			ended := make(chan sshexec.Result)
			go func() {
				res, _ := c.Run(ctx, sshexec.Cmd{Argv: []string{"yes"}, Limit: 10})
				ended <- res
			}()
			for range 2000 { // the bubble's time stands still while it prints
				runtime.Gosched()
			}
			cancel()
			if res := <-ended; len(res.Stdout) > 10 {
				t.Errorf("kept %d bytes, want at most 10", len(res.Stdout))
			}
			if runtime.ReadMemStats(&after); after.HeapInuse > before.HeapInuse+64<<20 {
				t.Errorf("heap grew by %d", after.HeapInuse-before.HeapInuse)
			}
		},
		"a command that cannot be sent is not started": func(t *testing.T, l *lab, c *sshexec.Conn) {
			for _, argv := range [][]string{nil, {"echo", "a\x00b"}} {
				_, err := c.Run(t.Context(), sshexec.Cmd{Argv: argv})
				var not *sshexec.NotRunError
				if !errors.As(err, &not) {
					t.Errorf("%q: %v", argv, err)
				}
			}
			if len(l.m1.ran) > 0 {
				t.Errorf("ran %q", l.m1.ran)
			}
		},
		"a stalled standard input holds nobody up": func(t *testing.T, l *lab, c *sshexec.Conn) {
			stalled, end := net.Pipe()
			defer end.Close()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := c.Run(ctx, sshexec.Cmd{Argv: []string{"cat"}, Stdin: stalled})
			var lost *sshexec.LostError
			if !errors.As(err, &lost) {
				t.Errorf("%v", err)
			}
		},
		"a tunnel that breaks does not look like an answer's end": func(t *testing.T, l *lab, c *sshexec.Conn) {
			far := l.listen(t, "10.0.0.1:5050")
			defer far.Close()
			near, err := c.DialContext(t.Context(), "tcp", "10.0.0.1:5050")
			if err != nil {
				t.Fatal(err)
			}
			defer near.Close()
			l.net.Cut("m1:22")
			if _, err := near.Read(make([]byte, 1)); err == nil || errors.Is(err, io.EOF) {
				t.Errorf("read gave %v, want the reason", err)
			}
		},
		"more commands than sessions wait for their turn, and may give up": func(t *testing.T, l *lab, c *sshexec.Conn) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			for range 5 {
				go c.Run(ctx, sshexec.Cmd{Argv: []string{"sleep", "10"}})
			}
			synctest.Wait()
			short, cancelShort := context.WithTimeout(t.Context(), time.Second)
			defer cancelShort()
			_, err := c.Run(short, sshexec.Cmd{Argv: []string{"true"}})
			var not *sshexec.NotRunError
			if !errors.As(err, &not) {
				t.Errorf("%v, want that it was not started", err)
			}
			if _, err := c.Run(t.Context(), sshexec.Cmd{Argv: []string{"true"}}); err != nil {
				t.Errorf("after the others: %v", err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, k)
				c, err := sshexec.Dial(t.Context(), l.target("m1"), l.config())
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				try(t, l, c)
			})
		})
	}
}

// An exit code alone is no end: output may be missing when the connection
// breaks right after it.
func TestAnExitCodeBeforeTheConnectionBreaksIsNotHeard(t *testing.T) {
	k := newKeys(t)
	synctest.Test(t, func(t *testing.T) {
		l := &lab{keys: k}
		at := l.listen(t, "m1:22")
		defer at.Close()
		go func() {
			raw, err := at.Accept()
			if err != nil {
				return
			}
			cfg := &ssh.ServerConfig{NoClientAuth: true}
			cfg.AddHostKey(k.host)
			_, channels, requests, err := ssh.NewServerConn(raw, cfg)
			if err != nil {
				t.Error(err)
				return
			}
			go ssh.DiscardRequests(requests)
			for nc := range channels {
				ch, reqs, _ := nc.Accept()
				exec := <-reqs
				_ = exec.Reply(true, nil)
				go ssh.DiscardRequests(reqs)
				if _, greeting, ok := strings.Cut(string(exec.Payload), "echo "); ok {
					_, _ = io.WriteString(ch, greeting+"\n")
					_, _ = ch.SendRequest("exit-status", false, make([]byte, 4))
					_ = ch.Close()
					continue
				}
				_, _ = io.WriteString(ch, "half of ")
				_, _ = ch.SendRequest("exit-status", false, make([]byte, 4))
				synctest.Wait()
				raw.Close()
			}
		}()
		c, err := sshexec.Dial(t.Context(), l.target("m1"), l.config())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		res, err := c.Run(t.Context(), sshexec.Cmd{Argv: []string{"report"}})
		var lost *sshexec.LostError
		if !errors.As(err, &lost) || string(res.Stdout) != "half of " {
			t.Errorf("%q, %v; want what was heard, and that the rest is lost", res.Stdout, err)
		}
	})
}

func TestPut(t *testing.T) {
	k := newKeys(t)
	ok := sshexec.PutFile{Content: []byte(strings.Repeat("content ", 10_000)), Dst: "/home/f", Mode: 0o600}
	bad := ok
	bad.Dst = "/missing/f"
	for _, row := range []struct {
		name    string
		prepare func(*node, *memnet.Network, context.CancelFunc)
		file    sshexec.PutFile
		want    func(error) bool
	}{
		{"that works", func(*node, *memnet.Network, context.CancelFunc) {}, ok, func(err error) bool { return err == nil }},
		{"damaged on the way", func(n *node, _ *memnet.Network, _ context.CancelFunc) {
			n.damage = func(name string) {
				n.mu.Lock()
				defer n.mu.Unlock()
				n.files[name] = file{content: []byte("other")}
			}
		}, ok, func(err error) bool {
			var sum *sshexec.ChecksumError
			return errors.As(err, &sum) && len(sum.Got) == 64 && len(sum.Want) == 64 && sum.Got != sum.Want
		}},
		{"whose installer fails", func(*node, *memnet.Network, context.CancelFunc) {}, bad, func(err error) bool {
			var exit *sshexec.ExitError
			return errors.As(err, &exit)
		}},
		{"that nobody waits for any more", func(n *node, _ *memnet.Network, cancel context.CancelFunc) {
			n.damage = func(string) { cancel() }
		}, ok, func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		t.Run("a file "+row.name+" leaves nothing private behind", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, k)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				row.prepare(l.m1, &l.net, cancel)
				c, err := sshexec.Dial(t.Context(), l.target("m1"), l.config())
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				err = c.Put(ctx, row.file)
				if !row.want(err) {
					t.Errorf("%v (%T)", err, err)
				}
				if _, _, statErr := l.m1.stat(row.file.Dst); (statErr == nil) != (err == nil) {
					t.Errorf("error %v, but stat of the file: %v", err, statErr)
				}
				if left := l.m1.privateDirs(); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
			})
		})
	}
}
