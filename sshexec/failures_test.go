package sshexec_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// failed runs a command that fails, and gives its error.
func failed(t *testing.T, c *sshexec.Conn, cmd sshexec.Cmd) *sshexec.ExitError {
	t.Helper()
	_, err := c.Run(t.Context(), cmd)
	var exit *sshexec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("%v: %v, want an ExitError", cmd.Argv, err)
	}
	return exit
}

func TestAFailedCommandSaysWhy(t *testing.T) {
	k := newKeys(t)
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, k)
		pool := sshexec.NewPool(l.config(), func(name string) (sshexec.Target, error) { return l.target(name), nil })
		defer pool.Close()
		c, err := pool.Get(t.Context(), "m1")
		if err != nil {
			t.Fatal(err)
		}
		short := failed(t, c, sshexec.Cmd{Argv: []string{"complain", "no", "room\x1b[2J"}, Limit: 1})
		if !strings.HasSuffix(short.Error(), ": exit code 1: no room?[2J") {
			t.Errorf("%q", short.Error())
		}
		long := failed(t, c, sshexec.Cmd{Argv: []string{"rant"}, Sudo: true, Limit: 1000})
		if said := long.Error(); !strings.HasSuffix(said, "; ERROR: Unable to fetch package mesos--2: 404; pkgpanda fetch: exit code 1") || len(said) > 600 {
			t.Errorf("%d bytes: %q", len(said), said)
		}
		if n := len(long.Stderr); n > 64<<10 || n < 60<<10 {
			t.Errorf("%d bytes of standard error are kept", n)
		}
		url := failed(t, c, sshexec.Cmd{Argv: []string{"complain", "cannot get http://eve:pw@boot/x of http://boot/y"}})
		if said := url.LastWords(); said != "cannot get http://•••@boot/x of http://boot/y" {
			t.Errorf("%q", said)
		}
		if silent := failed(t, c, sshexec.Cmd{Argv: []string{"false"}}); silent.Error() != "m1: false: exit code 1 (it said nothing)" {
			t.Errorf("%q", silent.Error())
		}
	})
}

// What a command has to say on standard error is no part of its answer.
func TestStandardErrorDoesNotMakeAnAnswerTruncated(t *testing.T) {
	k := newKeys(t)
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, k)
		pool := sshexec.NewPool(l.config(), func(name string) (sshexec.Target, error) { return l.target(name), nil })
		defer pool.Close()
		c, err := pool.Get(t.Context(), "m1")
		if err != nil {
			t.Fatal(err)
		}
		res, _ := c.Run(t.Context(), sshexec.Cmd{Argv: []string{"rant"}})
		if res.Truncated || !strings.HasSuffix(string(res.Stderr), "exit code 1\n") {
			t.Errorf("truncated %v, ends %q", res.Truncated, res.Stderr[max(0, len(res.Stderr)-30):])
		}
	})
}

func TestAPoolRemembersTheLastFailuresOfANode(t *testing.T) {
	k := newKeys(t)
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, k)
		pool := sshexec.NewPool(l.config(), func(name string) (sshexec.Target, error) { return l.target(name), nil })
		defer pool.Close()
		c, err := pool.Get(t.Context(), "m1")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			failed(t, c, sshexec.Cmd{Argv: []string{"complain", fmt.Sprint("reason ", i/2)}})
		}
		failed(t, c, sshexec.Cmd{Argv: []string{"rant"}})
		got := pool.Failures("m1")
		if len(got) != 8 || got[6].Times != 2 || string(got[6].Stderr) != "reason 9\n" || got[7].Times != 1 || len(got[7].Stderr) < 60<<10 {
			t.Errorf("%d failures, the last two %d x %.30q, %d x %d bytes", len(got), got[6].Times, got[6].Stderr, got[7].Times, len(got[7].Stderr))
		}
		if other := pool.Failures("m2"); len(other) > 0 {
			t.Errorf("m2: %+v", other)
		}
		for i := range 40 { // of other nodes: what is kept in all is bounded
			c, err := pool.Get(t.Context(), []string{"m3", "m6"}[i%2])
			if err != nil {
				t.Fatal(err)
			}
			failed(t, c, sshexec.Cmd{Argv: []string{"rant", fmt.Sprint(i)}})
		}
		if kept := pool.Failures("m6"); len(kept) == 0 {
			t.Error("the newest failures are not kept")
		}
	})
}
