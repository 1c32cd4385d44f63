package main

import (
	"strings"
	"sync"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// TestAFailoverRightAfterAnAdmissionIsWaitedFor: nothing was touched yet, so
// that the baseline is taken when a leader works again.
func TestAFailoverRightAfterAnAdmissionIsWaitedFor(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 4, Faults: patched("m1", "m2", "m3")}, func(l *lab) {
		k, once := l.controller(), sync.Once{}
		k.wrote = func(line string) {
			if strings.Contains(line, "a1") && strings.Contains(line, "out: ours 1/1") { // the proof of its admission
				once.Do(func() {
					if err := l.c.Strike(simcluster.Fault{What: fault.LeaderMoves}); err != nil {
						l.Error(err)
					}
				})
			}
		}
		e := k.run("apply", "--yes")
		l.want(e, exitDone)
		l.launched(1, "a1", "a2")
		if !strings.Contains(e.out, "a1 is waiting for its baseline") && !strings.Contains(e.out, "waiting for its baseline: ") {
			l.Errorf("the failover did not hit the baseline, or nobody was told:\n%s", e.out)
		}
	})
}
