package orchestrator

import (
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

const launchProbe = plan.StepID("canary/a1/launch-probe")

// atProbe is a run whose canary's launch probe has just started.
func atProbe(t *testing.T) *tape {
	t.Helper()
	tp := newTape(testPlan(shape{masters: 3, agents: 2, canary: true, width: 1, maxOut: 2}))
	tp.toProbe(t)
	return tp
}

// toProbe goes on, all being well, up to the start of the launch probe.
func (t *tape) toProbe(tb *testing.T) {
	tb.Helper()
	for range 200 {
		t.settle()
		i := slices.IndexFunc(t.cmds, func(c Command) bool { return c.Start != nil || c.Observe != nil })
		if i < 0 {
			break
		}
		c := t.cmds[i]
		if c.Observe != nil {
			obs := green(t.s.Plan)
			t.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: t.s.Seq})
			continue
		}
		id := c.Start.Step.ID
		t.add(journal.Event{Kind: journal.StepStarted, Step: id, Attempt: c.Start.Attempt})
		if id == launchProbe {
			return
		}
		t.add(journal.Event{Kind: journal.StepEnded, Step: id, Report: &plan.Report{Outcome: plan.Done}})
	}
	tb.Fatalf("no launch probe was started: %+v, stop %+v", t.cmds, t.s.Stop)
}

func (t *tape) probeEnds(rep plan.Report) {
	t.add(journal.Event{Kind: journal.StepEnded, Step: launchProbe, Report: &rep})
}

func TestALaunchProbeIsOwedFromItsStartUntilItsFrameworkIsProvedToBeGone(t *testing.T) {
	owed := func(tp *tape) bool { return slices.Equal(nodesOwed(tp.s, plan.OwesProbe), []inventory.NodeName{"a1"}) }
	tp := atProbe(t)
	if !owed(tp) {
		t.Fatalf("started, and owed is %v", tp.s.Obligations())
	}
	tp.add(journal.Event{Kind: journal.RunResumed, Epoch: 2})
	if !owed(tp) {
		t.Fatalf("the controller died, and owed is %v", tp.s.Obligations())
	}
	tp.toProbe(t) // the last master is verified again first
	tp.probeEnds(plan.Report{Outcome: plan.Failed, Class: plan.NotVerified})
	if !owed(tp) || tp.s.Stop == nil || tp.s.Stop.Reason != journal.StopFailed {
		t.Fatalf("failed with its framework left: owed %v, stop %+v", tp.s.Obligations(), tp.s.Stop)
	}
	tp.settle()
	tp.add(journal.Event{Kind: journal.RunResumed, Epoch: 3})
	tp.toProbe(t)
	tp.probeEnds(plan.Report{Outcome: plan.Done, Undone: true})
	if tp.s.OwesFor(plan.OwesProbe) || tp.s.Stop != nil {
		t.Fatalf("done: owed %v, stop %+v", tp.s.Obligations(), tp.s.Stop)
	}
}

func TestAProbeThatIsDoneWithItsFrameworkLeftStopsTheLine(t *testing.T) {
	tp := atProbe(t)
	tp.probeEnds(plan.Report{Outcome: plan.Done})
	if s := tp.s.Stop; s == nil || s.Reason != journal.StopInvariant || !strings.Contains(s.Detail, "framework may be left") {
		t.Fatalf("stop %+v", s)
	}
}

func TestAProbeThatFailsStopsTheLineAndTouchesNobodyElse(t *testing.T) {
	tp := atProbe(t)
	tp.probeEnds(plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Undone: true, Detail: "TASK_FAILED"})
	tp.settle()
	_, agents := tp.s.Tallies()
	if tp.s.Ended != journal.RunStopped || agents.Failed != 1 || agents.Untouched != 1 || tp.s.OwesFor(plan.OwesProbe) {
		t.Fatalf("ended %q, agents %+v, owed %v", tp.s.Ended, agents, tp.s.Obligations())
	}
}
