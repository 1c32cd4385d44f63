package main

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

func TestAnUntidyClusterIsPatchedAllTheSame(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 3, Public: 1, Width: 2, Seed: 1, Faults: append(patched("m1", "m3"),
		simcluster.Fault{What: fault.UnitRedBefore, Where: "m2"},
		simcluster.Fault{What: fault.UnitRedBefore, Where: "a1"},
		simcluster.Fault{What: fault.ChecksRedBefore, Where: "a1"},
		simcluster.Fault{What: fault.BatchJobFinishes, Where: "a2"},
		simcluster.Fault{What: fault.AgentDead, Where: "a3"},
		simcluster.Fault{What: fault.AtTarget, Where: "p1"})}
	inBubble(t, opt, func(l *lab) {
		l.want(l.run("apply", "--yes"), exitRefused) // the dead agent is not declared
		if got := l.ours(); len(got) > 0 {
			l.Errorf("refused, and yet there are %v", got)
		}
		l.edit(func(inv string) string {
			return inv + "exclude: [{node: a3, reason: \"PSU, INC-4411\", until: 2000-02-01}]\n"
		})
		e := l.run("apply", "--yes")
		l.want(e, exitDone)
		l.done(6)
		l.launched(1, "m2", "a1", "a2")
		l.launched(0, "m1", "m3", "p1", "a3")
		l.unlocked()
		if !strings.Contains(e.out, "INC-4411") {
			l.Errorf("not a word about why a3 is left out:\n%s", e.out)
		}
	})
}
