package sshexec_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// five are nodes of the lab.
var five = []string{"m1", "m2", "m3", "m5", "m6"}

func alive(c *sshexec.Conn) bool {
	select {
	case <-c.Done():
		return false
	default:
		return true
	}
}

// visit asks for a node's connection within a visit.
func visit(t *testing.T, p *sshexec.Pool, name string) *sshexec.Conn {
	t.Helper()
	defer p.Visit(name)()
	c, err := p.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAPoolLetsGoOfConnectionsWhoseVisitsAreOver(t *testing.T) {
	k := newKeys(t)
	for name, try := range map[string]func(*testing.T, *lab, *sshexec.Pool){
		"of the nodes visited the longest ago": func(t *testing.T, l *lab, p *sshexec.Pool) {
			var all []*sshexec.Conn
			for i := range 5 {
				all = append(all, visit(t, p, five[i]))
			}
			synctest.Wait()
			for i, c := range all {
				if alive(c) != (i >= 3) {
					t.Errorf("%s lives: %t", five[i], alive(c))
				}
			}
		},
		"and not of one that was visited again": func(t *testing.T, l *lab, p *sshexec.Pool) {
			first := visit(t, p, five[0])
			visit(t, p, five[1])
			if visit(t, p, five[0]) != first {
				t.Error("another connection, although there was room for the first")
			}
			visit(t, p, five[2])
			synctest.Wait()
			if !alive(first) {
				t.Error("it was visited after the second")
			}
		},
		"and not while a visit lasts": func(t *testing.T, l *lab, p *sshexec.Pool) {
			leave := p.Visit(five[0])
			c := must(p.Get(t.Context(), five[0]))
			again := p.Visit(five[0])
			again()
			for i := range 8 {
				visit(t, p, five[1+i%4])
			}
			time.Sleep(time.Minute)
			if !alive(c) {
				t.Error("its connection was ended in its visit")
			}
			leave()
			leave() // counts once
			if visit(t, p, five[0]) != c {
				t.Error("it rests after its visit, and was dialled again")
			}
		},
		"and never of one that was asked for outside of a visit": func(t *testing.T, l *lab, p *sshexec.Pool) {
			visit(t, p, five[0])
			c := must(p.Get(t.Context(), five[0]))
			for i := range 5 {
				visit(t, p, five[i%4])
			}
			synctest.Wait()
			if !alive(c) {
				t.Error("somebody may still use it")
			}
		},
		"which are dialled again when they are asked for": func(t *testing.T, l *lab, p *sshexec.Pool) {
			first := visit(t, p, five[0])
			visit(t, p, five[1])
			visit(t, p, five[2])
			if again := visit(t, p, five[0]); again == first || !alive(again) {
				t.Error("the connection that was let go")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, k)
				cfg := l.config()
				cfg.Idle = 2
				p, _ := l.pool(t, cfg)
				try(t, l, p)
			})
		})
	}
}
