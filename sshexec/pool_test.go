package sshexec_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/sshd"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func TestPool(t *testing.T) {
	k := newKeys(t)
	for name, try := range map[string]func(*testing.T, *lab){
		"concurrent callers share one dial": func(t *testing.T, l *lab) {
			p, dials := l.pool(t, l.config())
			got := make([]*sshexec.Conn, 20)
			var all sync.WaitGroup
			for i := range got {
				all.Go(func() { got[i] = must(p.Get(t.Context(), "m1")) })
			}
			all.Wait()
			for _, c := range got {
				if c != got[0] {
					t.Fatal("different connections")
				}
			}
			if n := dials.Load(); n != 1 {
				t.Errorf("%d dials", n)
			}
		},
		"the first caller's end does not end the dial of the others": func(t *testing.T, l *lab) {
			p, dials := l.pool(t, l.config())
			l.net.Silence("m1:22")
			time.AfterFunc(5*time.Second, func() { l.net.Heal("m1:22") })
			short, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			go func() {
				if _, err := p.Get(short, "m1"); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the first caller got %v", err)
				}
			}()
			synctest.Wait()
			if _, err := p.Get(t.Context(), "m1"); err != nil || dials.Load() != 1 {
				t.Errorf("%v after %d dials", err, dials.Load())
			}
		},
		"when nobody waits any more the dial ends": func(t *testing.T, l *lab) {
			p, dials := l.pool(t, l.config())
			l.net.Silence("m1:22")
			short, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, _ = p.Get(short, "m1")
			time.Sleep(time.Minute)
			if n := dials.Load(); n != 1 {
				t.Errorf("%d dials, want that it was not tried again", n)
			}
		},
		"an error is not kept": func(t *testing.T, l *lab) {
			p, _ := l.pool(t, l.config())
			_, err := p.Get(t.Context(), "m4")
			dialError(t, err)
			l.serve(t, "m4:22", l.m1, func(s *sshd.Server) {})
			cfg := l.config()
			cfg.LearnTo = cfg.KnownHosts[0]
			learning, _ := l.pool(t, cfg)
			if _, err := learning.Get(t.Context(), "m4"); err != nil {
				t.Error(err)
			}
			if _, err := p.Get(t.Context(), "m4"); err != nil {
				t.Error(err)
			}
		},
		"a dropped connection is gone, and dialled anew": func(t *testing.T, l *lab) {
			p, dials := l.pool(t, l.config())
			c := must(p.Get(t.Context(), "m1"))
			p.Drop("m1")
			p.Drop("m1")
			if c.Err() == nil {
				t.Error("still there")
			}
			if again, err := p.Get(t.Context(), "m1"); again == c || err != nil || dials.Load() != 2 {
				t.Errorf("%v, %d dials", err, dials.Load())
			}
		},
		"a cut connection is dialled anew at the next get": func(t *testing.T, l *lab) {
			p, _ := l.pool(t, l.config())
			c := must(p.Get(t.Context(), "m1"))
			l.net.Cut("m1:22")
			<-c.Done()
			if again, err := p.Get(t.Context(), "m1"); again == c || err != nil {
				t.Error(err)
			}
		},
		"after close there is nothing to get": func(t *testing.T, l *lab) {
			p, _ := l.pool(t, l.config())
			c := must(p.Get(t.Context(), "m1"))
			p.Close()
			if _, err := p.Get(t.Context(), "m1"); !errors.Is(err, sshexec.ErrClosed) || c.Err() == nil {
				t.Errorf("%v, connection %v", err, c.Err())
			}
		},
		"close ends a dial": func(t *testing.T, l *lab) {
			p, _ := l.pool(t, l.config())
			l.net.Silence("m1:22")
			time.AfterFunc(time.Second, p.Close)
			start := time.Now()
			if _, err := p.Get(t.Context(), "m1"); err == nil || time.Since(start) != time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		},
		"nodes behind the same jump hosts share their connections, few handshakes at once": func(t *testing.T, l *lab) {
			l.net.Silence("jump1:22") // until all have asked
			for i := range 20 {
				l.serve(t, fmt.Sprintf("a%d:22", i), l.m1, func(*sshd.Server) {})
			}
			cfg := l.config()
			cfg.LearnTo = cfg.KnownHosts[0]
			p, dials := l.pool(t, cfg, "jump1", "jump2")
			var all sync.WaitGroup
			for i := range 20 {
				all.Go(func() { must(p.Get(t.Context(), fmt.Sprintf("a%d", i))) })
			}
			synctest.Wait()
			l.net.Heal("jump1:22")
			all.Wait()
			if n := dials.Load(); n != 1 {
				t.Errorf("%d connections to the first jump host", n)
			}
		},
		"no more handshakes at once than allowed": func(t *testing.T, l *lab) {
			cfg := l.config()
			cfg.Handshakes, cfg.Attempts, cfg.DialTimeout = 3, 1, time.Second
			var now, most atomic.Int32
			cfg.NetDial = func(ctx context.Context, _, _ string) (net.Conn, error) {
				most.Store(max(most.Load(), now.Add(1)))
				defer now.Add(-1)
				<-ctx.Done()
				return nil, ctx.Err()
			}
			p, _ := l.pool(t, cfg)
			start := time.Now()
			var all sync.WaitGroup
			for i := range 9 {
				all.Go(func() { _, _ = p.Get(t.Context(), fmt.Sprintf("a%d", i)) })
			}
			all.Wait()
			if most.Load() != 3 || time.Since(start) != 3*time.Second {
				t.Errorf("%d at once, %v for three rounds of 1s", most.Load(), time.Since(start))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { try(t, newLab(t, k)) })
		})
	}
}

// pool is a pool of the lab's nodes, and the number of its first connections.
func (l *lab) pool(t *testing.T, cfg sshexec.Config, jump ...string) (*sshexec.Pool, *atomic.Int32) {
	n, dial := new(atomic.Int32), cfg.NetDial
	cfg.NetDial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		n.Add(1)
		return dial(ctx, network, addr)
	}
	p := sshexec.NewPool(cfg, func(name string) (sshexec.Target, error) { return l.target(name, jump...), nil })
	t.Cleanup(p.Close)
	return p, n
}

func must(c *sshexec.Conn, err error) *sshexec.Conn {
	if err != nil {
		panic(err)
	}
	return c
}
