package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// crashing is a cluster with one master and one agent left to patch: every
// kind of event happens, and there are not too many.
func crashing() simcluster.Options {
	return simcluster.Options{Private: 1, Width: 1, Seed: 1, Faults: patched("m1", "m3")}
}

// crash is one death of the controller, and how the run goes on.
type crash struct {
	after string // the kind of the last record, or the action of the step that it dies in
	where string
	live  func(*lab)
}

// crashes are the deaths of one whole run: after each record of its journal but
// the last, and a quarter, half and three quarters into each of its steps.
func crashes(events []journal.Event, begun time.Time) (records, inside []crash) {
	started := map[plan.StepID]time.Time{}
	for k, e := range events[:len(events)-1] {
		records = append(records, crash{string(e.Kind), fmt.Sprintf("after event %d, %s %s", k+1, e.Kind, e.Step), func(l *lab) { l.dieAndResume(k + 1) }})
		switch e.Kind {
		case journal.StepStarted:
			started[e.Step] = e.At
		case journal.StepEnded:
			for quarter := 1; quarter < 4; quarter++ {
				at := started[e.Step].Add(e.At.Sub(started[e.Step]) * time.Duration(quarter) / 4).Sub(begun)
				inside = append(inside, crash{path.Base(string(e.Step)), fmt.Sprintf("%d of 4 into %s", quarter, e.Step), func(l *lab) { l.dieAfterAndResume(at) }})
			}
		}
	}
	return records, inside
}

// TestARunGoesOnFromWhereverItsControllerDied tries every fourth death;
// with DCOS_PATCH_EVERY_CRASH=1 each of them, which -update tells in
// docs/crashes.md.
func TestARunGoesOnFromWhereverItsControllerDied(t *testing.T) {
	t.Parallel()
	var records, inside []crash
	inBubble(t, crashing(), func(l *lab) {
		begun := time.Now()
		l.want(l.run("apply", "--yes"), exitDone)
		records, inside = crashes(l.events(), begun)
	})
	every := crashEvery
	if os.Getenv("DCOS_PATCH_EVERY_CRASH") != "" {
		every = 1
	}
	t.Run("deaths", func(t *testing.T) {
		for k, x := range slices.Concat(records, inside) {
			if k%every != 0 {
				continue
			}
			t.Run(x.where, func(t *testing.T) {
				t.Parallel()
				inBubble(t, crashing(), x.live)
			})
		}
	})
	if every == 1 && *update && !t.Failed() {
		if err := os.WriteFile("../../docs/crashes.md", crashesDoc(records, inside), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// crashesDoc tells what was tried; it is written only when all of it went well.
func crashesDoc(records, inside []crash) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `# A controller that dies anywhere

Written by a test; do not edit. To repeat it:

    DCOS_PATCH_EVERY_CRASH=1 go test -timeout 60m -run GoesOnFromWhereverItsControllerDied ./cmd/dcos-patch -update

Each case is the whole product, `+"`apply`"+` over SSH against the simulated cluster in virtual time, with a master and an agent left to patch. Its controller
dies as a record of its journal has become durable (at every other one with half of the next on disk), or in the middle of a step, and nothing of it
reaches a node any more. Another one gives `+"`resume`"+`. Demanded of every case: exit code 0, both nodes patched, each script run once, no safety rule
broken (the simulated cluster's oracle), every lock given back. The number of records differs by a few from run to run: gates look as often as they need.

%d deaths in all, every one of which came to that end.

| died after a record | deaths |
|---|--:|
%s
| died inside of a step | deaths |
|---|--:|
%s`, len(records)+len(inside), counted(records), counted(inside))
	return b.Bytes()
}

// counted are the rows of a table of deaths.
func counted(all []crash) string {
	n := map[string]int{}
	for _, x := range all {
		n[x.after]++
	}
	var rows strings.Builder
	for _, after := range slices.Sorted(maps.Keys(n)) {
		fmt.Fprintf(&rows, "| %s | %d |\n", after, n[after])
	}
	return rows.String()
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
	if s := l.state(); s.Ended == journal.RunDone && !s.OwesFor(plan.OwesLock) {
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

// dieAfterAndResume kills the controller so long after its beginning, and goes
// on with another one from what is on disk.
func (l *lab) dieAfterAndResume(after time.Duration) {
	l.Helper()
	c := l.controller()
	var file string
	var kept []byte
	time.AfterFunc(after, func() {
		file = l.journal()
		kept = l.read(file)
		c.kill()
	})
	if e := c.run("apply", "--yes"); file == "" {
		l.want(e, exitDone) // quicker than the run that the moments are from
		return
	}
	l.rewrite(file, func([]byte) []byte { return kept }) // the dead write nothing
	l.want(l.run("resume"), exitDone)
	l.done(4)
	l.launched(1, "m2", "a1")
	l.launched(0, "m1", "m3")
	l.unlocked()
}
