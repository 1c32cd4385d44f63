package main

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

func TestWhoLooksBeforeAPatchIsToldWhoHoldsTheLock(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Seed: 1, Faults: simcluster.Faults{{What: fault.LockHeld, Where: "m2"}}}, func(l *lab) {
		for command, code := range map[string]int{"plan": exitDone, "preflight": exitRefused} {
			e := l.run(command)
			l.want(e, code)
			if !strings.Contains(e.err, "m2 is locked by run other-run") || !strings.Contains(e.err, "lock break --reason") {
				l.Errorf("%s says %q", command, e.err)
			}
		}
	})
}

// A run in hand takes nodes out: what is wrong then may be its doing, and nobody
// is asked to mend it.
func TestAnApplyThatIsRefusedIsToldWhoHoldsTheLock(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 1, Seed: 1, Faults: simcluster.Faults{{What: fault.LockHeld, Where: "m2"}, {What: fault.MidSwapFromStart, Where: "a1"}}}
	inBubble(t, opt, func(l *lab) {
		for _, command := range []string{"apply --yes", "plan"} {
			e := l.run(strings.Fields(command)...)
			l.want(e, exitRefused)
			if !strings.Contains(e.err, "1 reason:\n cluster: the cluster is locked by run other-run of ") || !strings.Contains(e.err, "m2 holds its lock; no sign of life of its controller is known") || strings.Contains(e.err, "swap") {
				l.Errorf("%s: want the lock, and nothing else: %s", command, e)
			}
		}
	})
}

// TestWhoComesToAMasterInItsPatchIsToldWhoIsAtIt: the cluster is not well then,
// and to repair it would be the worst that can be done.
func TestWhoComesToAMasterInItsPatchIsToldWhoIsAtIt(t *testing.T) {
	t.Parallel()
	inBubble(t, crashing(), func(l *lab) {
		var second ended
		c := l.controller()
		c.wrote = once(func() bool { return l.started("masters/m2/serve") }, func() { second = l.colleague().run("apply", "--yes") })
		l.want(c.run("apply", "--yes"), exitDone)
		l.want(second, exitRefused)
		if !strings.Contains(second.err, "1 reason:\n cluster: the cluster is locked by run ") || !strings.Contains(second.err, "its controller gave a sign of life ") ||
			!strings.Contains(second.err, "   next      wait for it") || strings.Contains(second.err, "healthy") {
			l.Errorf("%s", second)
		}
	})
}

// The lock of a run of this machine whose controller is dead leads to its resume, here;
// on another machine nobody knows that it is dead.
func TestAPlanOfTheMachineOfADeadRunNamesItsResume(t *testing.T) {
	t.Parallel()
	inBubble(t, oneLeft(), func(l *lab) {
		l.dieAt(" script started", 1, "apply", "--yes")
		time.Sleep(time.Minute)
		run := l.newest()
		if e := l.run("plan"); !strings.Contains(e.err, "its controller is gone") || !strings.Contains(e.err, l.typed("resume --run "+run)) || strings.Contains(e.err, "lock break") {
			l.Errorf("%s", e)
		}
		if e := l.colleague().run("plan"); !strings.Contains(e.err, "lock break") {
			l.Errorf("%s", e)
		}
		l.want(l.run("resume"), exitDone)
	})
}
