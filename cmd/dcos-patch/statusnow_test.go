package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// TestStatusSaysHoldWhereApplyDoes: with no lane left to admit nothing is held, and the agent
// is away all the same.
func TestStatusSaysHoldWhereApplyDoes(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 1, Seed: 1, Faults: append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.AgentBackLate, Where: "a1"})}
	inBubble(t, opt, func(l *lab) {
		held, began := ended{}, ended{}
		c := l.controller()
		first, second := once(func() bool { return l.started("general/a1/patch") }, func() { began = l.run("status") }), false
		c.wrote = func(line string) {
			first(line)
			if strings.Contains(line, " HOLD a1 away") && !second {
				second, held = true, l.run("status")
			}
		}
		l.want(c.run("apply", "--yes"), exitDone)
		for _, want := range []string{`(?m)^sim  run \S+  HOLD  `, `(?m)^HOLD    a1 is away .*; Mesos marks it unreachable at \d\d:\d\d:\d\d`, `(?m)^next    `} {
			if !regexp.MustCompile(want).MatchString(held.out) {
				l.Errorf("while a1 is away, want %s: %s", want, held)
			}
		}
		for _, want := range []string{`(?m)^sim  run \S+  RUNNING  `, `(?m)^eta     \d\d:\d\d \S+, in \S+, by the plan's estimates$`, `(?m)^next    nothing: it goes on by itself`} {
			if !regexp.MustCompile(want).MatchString(began.out) {
				l.Errorf("as it goes well, want %s: %s", want, began)
			}
		}
	})
}

func TestStatusSaysFinishingAfterAnInterrupt(t *testing.T) {
	t.Parallel()
	inBubble(t, agentsLeft(), func(l *lab) {
		seen := ended{}
		c := l.interruptAtNth(" script started", 2, 1)
		interrupt := c.wrote
		c.wrote = func(line string) {
			interrupt(line)
			if strings.Contains(line, "PAUSED") && seen.out == "" {
				seen = l.run("status")
			}
		}
		l.want(c.run("apply", "--yes"), exitInterrupted)
		if !strings.Contains(seen.out, "  FINISHING  ") || !regexp.MustCompile(`(?m)^next    wait for the lanes in flight, then dcos-patch .*resume --run `).MatchString(seen.out) {
			l.Errorf("%s", seen)
		}
	})
}

// TestTwoFailedAgentsAreBothNamed: in the stop, in what is next, and each has a pack; and it
// is said when the first fails that no more are admitted.
func TestTwoFailedAgentsAreBothNamed(t *testing.T) {
	t.Parallel()
	opt := agentsLeft()
	opt.Faults = append(opt.Faults, simcluster.Fault{What: fault.UnitRedAfter, Where: "a1"}, simcluster.Fault{What: fault.UnitRedAfter, Where: "a2"})
	inBubble(t, opt, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		before, stop, _ := strings.Cut(e.out, "STOPPED ")
		if !regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d STOPPING: no more nodes are admitted; 1 in flight finishes \(a[12]\)$`).MatchString(before) {
			l.Errorf("it is not said that no more are admitted: %s", before)
		}
		for _, want := range []string{"check a1 --wait", "check a2 --wait", "  failed  a1 a2: ", "/a1.tar.gz", "/a2.tar.gz"} {
			if !strings.Contains(stop, want) {
				l.Errorf("the stop lacks %q: %s", want, stop)
			}
		}
	})
}
