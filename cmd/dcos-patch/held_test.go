package main

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

func TestWhoLooksBeforeAPatchIsToldWhoHoldsTheLock(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Seed: 1, Faults: simcluster.Faults{{What: simcluster.LockHeld, Where: "m2"}}}, func(l *lab) {
		for command, code := range map[string]int{"plan": exitDone, "preflight": exitRefused} {
			e := l.run(command)
			l.want(e, code)
			if !strings.Contains(e.err, "m2 is locked by run other-run") || !strings.Contains(e.err, "lock break --reason") {
				l.Errorf("%s says %q", command, e.err)
			}
		}
	})
}

// A run in hand takes nodes out: what is wrong then is its doing, and is told
// after whose it is.
func TestAnApplyThatIsRefusedIsToldWhoHoldsTheLock(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 1, Seed: 1, Faults: simcluster.Faults{{What: simcluster.LockHeld, Where: "m2"}, {What: simcluster.MidSwapFromStart, Where: "a1"}}}
	inBubble(t, opt, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitRefused)
		lock, swap := strings.Index(e.err, "m2 is locked by run other-run"), strings.Index(e.err, "REFUSED")
		if lock < 0 || swap < lock {
			l.Errorf("want the lock's holder, and then the reasons: %s", e)
		}
	})
}
