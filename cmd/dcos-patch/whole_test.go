package main

import (
	"slices"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
)

func TestAWholeRunPatchesEveryNodeOnceMastersFirstAndASecondOneTouchesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: wholeAgents, Public: 1, Width: 2, Seed: 1}, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitDone)
		l.Logf("3 masters, %d+1 agents: %s of virtual time", wholeAgents, e.took.Round(time.Second))
		masters, agents := l.c.Names(dcos.Master), append(l.c.Names(dcos.PrivateAgent), "p1")
		order := l.happened("launch")
		if len(order) != len(masters)+len(agents) {
			l.Fatalf("%d scripts were started: %v", len(order), order)
		}
		slices.Sort(order[:3])
		slices.Sort(order[3:])
		if !slices.Equal(order[:3], masters) || !slices.Equal(order[3:], agents) {
			l.Errorf("patched in the order %v", order)
		}
		l.done(len(order))
		l.unlocked()

		before := len(l.c.History())
		again := l.run("apply", "--yes")
		l.want(again, exitDone)
		l.launched(1, slices.Concat(masters, agents)...)
		for _, h := range l.c.History()[before:] {
			if h.What != "lock" && h.What != "unlock" {
				l.Errorf("the second run: %+v", h)
			}
		}
		l.done(len(order))
		verified := slices.ContainsFunc(l.events(), func(e journal.Event) bool { return e.Kind == journal.StepEnded && e.Step == "postflight/postflight" })
		if !verified || again.took > time.Minute {
			l.Errorf("the second run took %s, and verified: %v", again.took, verified)
		}
		l.unlocked()
	})
}
