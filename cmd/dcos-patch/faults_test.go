package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// patched are masters that were patched before: a test about an agent need not
// wait for them.
func patched(masters ...string) simcluster.Faults {
	var fs simcluster.Faults
	for _, m := range masters {
		fs = append(fs, simcluster.Fault{What: fault.AtTarget, Where: m})
	}
	return fs
}

// expected is how a run is expected to end under one fault.
type expected struct {
	what   fault.Kind
	fault  simcluster.Fault // when and for how long; What and Where are filled in
	where  string           // "m1": the first master of three; "a1": the first of two agents, under patched masters; "": the cluster
	code   int
	at     string // the step that stops it; empty: none
	says   string // a word of what is printed
	script int    // starts of the script on the node
	next   bool   // the next node is patched too
	bug    string // why it does not end so today; the test fails once it does
}

func TestTheTableHasEveryKindOfFault(t *testing.T) {
	t.Parallel()
	for _, k := range fault.Simulated() {
		if !slices.ContainsFunc(faults(), func(x expected) bool { return x.what == k }) {
			t.Errorf("no run is tried with %s", k)
		}
	}
}

func TestEveryFaultEndsAsExpected(t *testing.T) {
	t.Parallel()
	for i, x := range faults() {
		if i%faultEvery != 0 {
			continue
		}
		t.Run(strings.TrimSpace(string(x.what)+" "+x.where+" "+string(x.fault.When)+" "+x.says), func(t *testing.T) {
			t.Parallel()
			inBubble(t, x.options(), x.check)
		})
	}
}

func (x expected) options() simcluster.Options {
	f := x.fault
	f.What, f.Where = x.what, x.where
	opt := simcluster.Options{Seed: 1, Width: 1, OverlayLog: x.what == fault.OverlayStuck, Faults: simcluster.Faults{f}}
	opt.Faults = append(opt.Faults, accomplice(x.what)...)
	if strings.HasPrefix(x.where, "a") {
		opt.Private = 2
		opt.Faults = append(opt.Faults, patched("m1", "m2", "m3")...)
	}
	return opt
}

func (x expected) check(l *lab) {
	l.awaits(x.what)
	before := l.ours()
	e := l.run("apply", "--yes")
	wrong := x.differs(l, e)
	if e.code != exitRefused {
		l.replays()
	}
	if now := l.ours(); e.code == exitRefused && !slices.Equal(now, before) {
		l.Errorf("refused, and yet there are new files on nodes: %v, before: %v", now, before)
	}
	switch {
	case x.bug != "" && wrong == "":
		l.Errorf("ends as it should: take the note %q away", x.bug)
	case x.bug == "" && wrong != "":
		l.Errorf("%s\n%s", wrong, e)
	case !l.c.Acted(x.what):
		l.Errorf("%s never acted: nothing is proved about it", x.what)
	}
}

// awaits gives the inventory the policy of runs under a fault of the kind, and
// a canary where only that meets it.
func (l *lab) awaits(k fault.Kind) {
	l.edit(func(inv string) string {
		if ofProbe(k) {
			inv = strings.Replace(inv, "canary: none", "canary: [a1]", 1)
		}
		return strings.Replace(inv, quick, patienceWith(k), 1)
	})
}

// differs says what is not as expected.
func (x expected) differs(l *lab, e ended) string {
	var step string
	if s := l.state(); s.Stop != nil {
		step = string(s.Stop.Step)
	}
	other := "m3"
	if strings.HasPrefix(x.where, "a") {
		other = "a2"
	}
	scripts, next := len(l.c.Launches(x.where)), len(l.c.Launches(other)) > 0
	switch {
	case e.code != x.code || step != x.at:
		return fmt.Sprintf("exit %d at %q, want %d at %q", e.code, step, x.code, x.at)
	case !strings.Contains(e.out+e.err, x.says):
		return fmt.Sprintf("says nothing of %q", x.says)
	case scripts != x.script || next != x.next:
		return fmt.Sprintf("%d scripts were started here, and on %s: %v; want %d, %v", scripts, other, next, x.script, x.next)
	default:
		return ""
	}
}
