package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
)

// crashing is a cluster with one master and one agent left to patch: every
// kind of event happens, and there are not too many.
func crashing() simcluster.Options {
	return simcluster.Options{Private: 1, Width: 1, Seed: 1, Faults: patched("m1", "m3")}
}

func TestARunGoesOnFromWhereverItsControllerDied(t *testing.T) {
	t.Parallel()
	var events []journal.Event
	inBubble(t, crashing(), func(l *lab) {
		l.want(l.run("apply", "--yes"), exitDone)
		events = l.events()
	})
	every := crashEvery
	if os.Getenv("DCOS_PATCH_EVERY_CRASH") != "" {
		every = 1
	}
	for k, e := range events[:max(len(events)-1, 0)] {
		if k%every != 0 {
			continue
		}
		t.Run(fmt.Sprintf("after event %d, %s %s", k+1, e.Kind, e.Step), func(t *testing.T) {
			t.Parallel()
			inBubble(t, crashing(), func(l *lab) { l.dieAndResume(k + 1) })
		})
	}
}

func TestAControllerMayDieAgainAsItGoesOn(t *testing.T) {
	t.Parallel()
	inBubble(t, crashing(), func(l *lab) {
		for i, args := range [][]string{{"apply", "--yes"}, {"resume"}, {"resume"}, {"resume"}} {
			l.die(17-3*i, args...)
		}
		l.want(l.run("resume"), exitDone)
		l.done(4)
		l.launched(1, "m2", "a1")
		l.unlocked()
	})
}

// dieAndResume kills the controller as it has made event k durable, and goes on
// with another one from what is on disk.
func (l *lab) dieAndResume(k int) {
	l.Helper()
	l.die(k, "apply", "--yes")
	code := exitDone
	if s := l.state(); s.Ended == journal.RunDone && !s.OwesFor(orchestrator.OwedLock) {
		code = exitRefused // that was its last event
	}
	l.want(l.run("resume"), code)
	l.done(4)
	l.launched(1, "m2", "a1")
	l.launched(0, "m1", "m3")
	l.unlocked()
}

// die runs a command until its k-th event is durable. Half of the next line may
// be on disk, too. How often gates look is not the same in every run: one that
// has ended a few events earlier shows nothing.
func (l *lab) die(k int, args ...string) {
	l.Helper()
	c := l.controller()
	seen := 0
	var file string
	var kept []byte
	c.wrote = func(string) {
		if seen++; seen != k {
			return
		}
		file = l.journal()
		b, err := os.ReadFile(file)
		if err != nil {
			l.Fatal(err)
		}
		kept = b
		c.kill()
	}
	e := c.run(append(args, "-o", "json")...)
	if file == "" && e.code == exitDone && seen > k-k/8 {
		l.Skipf("the run had %d events, not %d", seen, k)
	}
	if file == "" {
		l.Fatalf("was to die after event %d: %s", k, e)
	}
	l.rewrite(file, func(now []byte) []byte {
		if k%2 == 0 {
			return kept
		}
		next := now[len(kept):]
		if i := bytes.IndexByte(next, '\n'); i > 0 {
			next = next[:i/2]
		}
		return slices.Concat(kept, next)
	})
}
