package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
)

// agentsLeft is a cluster of which three agents are left to patch, two at a time.
func agentsLeft() simcluster.Options {
	return simcluster.Options{Private: 3, Width: 2, Seed: 1, Faults: patched("m1", "m2", "m3")}
}

// interruptAt makes a controller that is interrupted when a line says what.
func (l *lab) interruptAt(said string, times int) *operator {
	return l.interruptAtNth(said, 1, times)
}

// interruptAtNth makes one that is interrupted at the nth such line: of two
// nodes at work at once, either may be the first.
func (l *lab) interruptAtNth(said string, nth, times int) *operator {
	c := l.controller()
	c.wrote = func(line string) {
		if !strings.Contains(line, said) {
			return
		}
		if nth--; nth != 0 {
			return
		}
		for range times {
			c.heard <- os.Interrupt
		}
	}
	return c
}

func TestTheFirstInterruptFinishesTheNodesInHand(t *testing.T) {
	t.Parallel()
	inBubble(t, agentsLeft(), func(l *lab) {
		e := l.interruptAtNth(" script started", 2, 1).run("apply", "--yes")
		l.want(e, exitInterrupted)
		l.launched(1, "a1", "a2")
		l.launched(0, "a3")
		s := l.state()
		if s.Stop == nil || s.Stop.Reason != journal.StopInterrupted || len(s.Owed()) > 0 || s.Count(orchestrator.Verified) != 2 && s.Count(orchestrator.Admitted) != 2 {
			l.Errorf("%+v, owed %v, %d verified, %d admitted", s.Stop, s.Owed(), s.Count(orchestrator.Verified), s.Count(orchestrator.Admitted))
		}
		for _, a := range []string{"a1", "a2"} {
			if !strings.Contains(e.out, a+" verified") {
				l.Errorf("%s was in hand and is not verified", a)
			}
		}
		if !s.SafeToLeave().Safe || !strings.Contains(e.err, "interrupted") || !strings.Contains(e.out, l.typed("resume")) {
			l.Errorf("%s", e)
		}
		l.want(l.run("apply", "--yes"), exitRefused) // the run is not over
		l.want(l.run("resume"), exitDone)
		l.done(6)
		l.launched(1, "a1", "a2", "a3")
		l.unlocked()
	})
}

func TestTheSecondInterruptStopsWatchingAndWhatRunsGoesOn(t *testing.T) {
	t.Parallel()
	inBubble(t, agentsLeft(), func(l *lab) {
		l.want(l.interruptAt("patch done", 2).run("apply", "--yes"), exitInDoubt)
		l.launched(0, "a3")
		if s := l.state(); s.Count(orchestrator.Verified) > 0 || s.Count(orchestrator.Admitted) != 2 {
			l.Errorf("%d verified, %d in hand", s.Count(orchestrator.Verified), s.Count(orchestrator.Admitted))
		}
		l.want(l.run("resume"), exitDone)
		l.done(6)
		l.launched(1, "a1", "a2", "a3")
		l.unlocked()
	})
}

// It is not known how the script ends: that is what exit code 5 says, whoever
// stopped watching.
func TestASecondInterruptWhileAScriptRunsIsInDoubt(t *testing.T) {
	t.Parallel()
	inBubble(t, agentsLeft(), func(l *lab) {
		e := l.interruptAt("patch started", 2).run("apply", "--yes")
		l.want(e, exitInDoubt)
		if owed := l.state().Owed(); len(owed) == 0 || !strings.Contains(e.out, "may still be running on") {
			l.Errorf("%v owed\n%s", owed, e)
		}
		l.want(l.run("resume"), exitDone)
		l.unlocked()
	})
}

// An interrupt while the lock is taken ends the taking: a master that hangs is not
// waited for to take it, but to give it back, and a person is told of whom.
func TestAnInterruptAsTheLockIsTakenEndsThat(t *testing.T) {
	t.Parallel()
	inBubble(t, oneLeft(), func(l *lab) {
		c := l.controller()
		var struck time.Time
		go func() {
			for !l.locked("m2") {
				time.Sleep(time.Millisecond)
			}
			if err := l.c.Strike(simcluster.Fault{What: fault.SSHSilent, Where: "m3", For: 10 * time.Minute}); err != nil {
				l.Error(err)
			}
			struck = time.Now()
			time.Sleep(time.Second)
			c.heard <- os.Interrupt
		}()
		e := c.run("apply", "--yes")
		l.want(e, exitInterrupted)
		if took := time.Since(struck); took > 2*time.Minute || !strings.Contains(e.err, "the cluster lock: no answer from m3 since") {
			l.Errorf("after %s: %s", took, e)
		}
		if l.locked("m1") || l.locked("m2") {
			l.Errorf("m1 or m2 keeps the lock: %s", e)
		}
		if runs, err := l.store().Runs(); err != nil || len(runs) > 0 {
			l.Errorf("runs %v, %v", runs, err)
		}
	})
}

func TestAnInterruptBeforeAnythingWasTouchedLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	inBubble(t, agentsLeft(), func(l *lab) {
		l.want(l.interruptAt("preflight started", 1).run("apply", "--yes"), exitInterrupted)
		l.launched(0, "a1", "a2", "a3")
		l.unlocked()
		l.want(l.run("apply", "--yes"), exitDone)
		l.done(6)
	})
}
