package orchestrator

import (
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

const cutPatch plan.StepID = "masters/m2/patch"

var cut = plan.Report{Outcome: plan.Failed, Class: plan.MidSwap, Detail: "its swap was cut"}

// resumedOnACut is a run that stopped at a cut swap of m2, and was resumed with
// the approval to finish those of some nodes.
func resumedOnACut(t *testing.T, finish ...inventory.NodeName) *tape {
	t.Helper()
	tp := newTape(testPlan(shape{masters: 3}))
	tp.until(cutPatch)
	tp.add(journal.Event{Kind: journal.StepStarted, Step: cutPatch, Attempt: 1})
	tp.add(journal.Event{Kind: journal.StepEnded, Step: cutPatch, Report: &cut})
	tp.until("")
	if tp.s.Ended != journal.RunStopped || !slices.Equal(tp.s.Finishable(), []inventory.NodeName{"m2"}) {
		t.Fatalf("ended %q, finishable %v", tp.s.Ended, tp.s.Finishable())
	}
	tp.add(journal.Event{Kind: journal.RunResumed, Epoch: 2, Finish: finish})
	tp.until("")
	if len(tp.cmds) == 0 || tp.cmds[0].Reconcile == nil {
		t.Fatalf("resumed with %+v, want a look first", tp.cmds)
	}
	return tp
}

// look is a look at the cluster with m2 out; spoil may make it worse.
func (t *tape) look(spoil func(*plan.Observation)) {
	obs := green(t.s.Plan)
	obs.Green = false
	obs.Findings = []dcos.Finding{{Check: "exhibitor", Status: dcos.Failed, Observed: "m2 is down"}, {Check: "leader", Status: dcos.Passed}}
	obs.DueTo = map[string][]inventory.NodeName{"exhibitor": {"m2"}}
	for i := range obs.Quorums {
		obs.Quorums[i].Serving = []inventory.NodeName{"m1"}
		obs.Quorums[i].Hindered = map[inventory.NodeName][]inventory.NodeName{"m3": {"m2"}}
	}
	spoil(&obs)
	t.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: t.s.Seq})
}

// remedyStart is the remedy that the engine wants started now; nil: none.
func (t *tape) remedyStart() *plan.Task {
	for _, c := range t.cmds {
		if c.Start != nil && c.Start.Remedy != plan.RemedyNone {
			return c.Start
		}
	}
	return nil
}

func well(*plan.Observation) {}

func TestACutSwapIsFinishedOnlyWithApprovalAndProof(t *testing.T) {
	for _, c := range []struct {
		name   string
		finish []inventory.NodeName
		found  plan.Report
		spoil  func(*plan.Observation)
		starts bool
	}{
		{"approved and proved", []inventory.NodeName{"m2"}, cut, well, true},
		{"not approved", nil, cut, well, false},
		{"another node approved", []inventory.NodeName{"m1"}, cut, well, false},
		{"found before the swap", []inventory.NodeName{"m2"}, plan.Report{Outcome: plan.Failed, Class: plan.BeforeSwap}, well, false},
		{"found applied and not started, by nothing of ours", []inventory.NodeName{"m2"}, plan.Report{Outcome: plan.Failed, Class: plan.NotStarted}, well, false},
		{"found running", []inventory.NodeName{"m2"}, plan.Report{Outcome: plan.Running, Class: plan.MidSwap}, well, false},
		{"another master is out", []inventory.NodeName{"m2"}, cut, func(o *plan.Observation) { o.Quorums[0].Hindered = nil }, false},
		{"another master is hindered by more", []inventory.NodeName{"m2"}, cut, func(o *plan.Observation) {
			o.Quorums[1].Hindered = map[inventory.NodeName][]inventory.NodeName{"m3": {"m1", "m2"}}
		}, false},
		{"something else is red", []inventory.NodeName{"m2"}, cut, func(o *plan.Observation) { o.Findings[1].Status = dcos.Unknown }, false},
		{"what is red is due to another master too", []inventory.NodeName{"m2"}, cut, func(o *plan.Observation) {
			o.DueTo = map[string][]inventory.NodeName{"exhibitor": {"m2", "m3"}}
		}, false},
		{"nothing is known of the cluster", []inventory.NodeName{"m2"}, cut, func(o *plan.Observation) { *o = plan.Observation{} }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			tp := resumedOnACut(t, c.finish...)
			tp.add(journal.Event{Kind: journal.Reconciled, Step: cutPatch, Report: &c.found})
			tp.look(c.spoil)
			for len(tp.cmds) > 0 && tp.cmds[0].Record != nil && tp.cmds[0].Record.Kind == journal.HoldEnded {
				tp.settle()
			}
			if got := tp.remedyStart(); (got != nil) != c.starts || got != nil && (got.Step.ID != cutPatch || got.Attempt != 1 || got.Proof == "" || got.Until.By != tp.s.ticketAt.Add(plan.FreshFor)) {
				t.Errorf("remedy %+v, want one: %t; commands %+v, stop %+v", got, c.starts, tp.cmds, tp.s.Stop)
			}
			if bad := Violations(tp.s); len(bad) > 0 {
				t.Error(bad)
			}
			if cut := c.found.Class == plan.MidSwap && c.found.Outcome == plan.Failed; !cut && slices.Contains(tp.s.Finish, "m2") {
				t.Error("the approval is kept although no cut swap was found")
			}
		})
	}
}

// begun is a run whose remedy was started.
func begun(t *testing.T) *tape {
	tp := resumedOnACut(t, "m2")
	tp.add(journal.Event{Kind: journal.Reconciled, Step: cutPatch, Report: &cut})
	tp.look(well)
	tp.settle()
	if tp.remedyStart() == nil {
		t.Fatalf("no remedy: %+v, stop %+v", tp.cmds, tp.s.Stop)
	}
	tp.add(journal.Event{Kind: journal.StepStarted, Step: cutPatch, Attempt: 1, Remedy: plan.FinishSwap})
	return tp
}

func TestARemedyThatEndsLeadsOn(t *testing.T) {
	notRun := plan.Report{Outcome: plan.NotRun, Class: plan.MidSwap, Detail: "late"}
	for _, c := range []struct {
		name string
		rep  plan.Report
		want func(*tape) bool
	}{
		{"done: the gates decide", plan.Report{Outcome: plan.Done}, func(t *tape) bool { return t.cmds[0].Start != nil && t.cmds[0].Start.Step.ID == "masters/m2/serve" }},
		{"failed: the line stops", cut, func(t *tape) bool { return t.s.Stop != nil && t.s.Stop.Reason == journal.StopFailed }},
		{"not heard of: the line stops in doubt", plan.Report{}, func(t *tape) bool { return t.s.Stop != nil && t.s.Stop.Reason == journal.StopInDoubt }},
		{"not run: a fresh look first", notRun, func(t *tape) bool { return t.cmds[0].Observe != nil && t.remedyStart() == nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			tp := begun(t)
			tp.add(journal.Event{Kind: journal.StepEnded, Step: cutPatch, Report: &c.rep})
			if !c.want(tp) {
				t.Errorf("commands %+v, stop %+v", tp.cmds, tp.s.Stop)
			}
			if safe := tp.s.SafeToLeave(); safe.Safe {
				t.Errorf("safe to leave with m2 out: %+v", safe)
			}
		})
	}
	tp := begun(t)
	for range lateLimit {
		tp.add(journal.Event{Kind: journal.StepEnded, Step: cutPatch, Report: &notRun})
		if tp.look(well); tp.remedyStart() != nil {
			tp.add(journal.Event{Kind: journal.StepStarted, Step: cutPatch, Attempt: 1, Remedy: plan.FinishSwap})
		}
	}
	if tp.s.Stop == nil || !strings.Contains(tp.s.Stop.Detail, "in vain") {
		t.Errorf("goes round: %+v, stop %+v", tp.cmds, tp.s.Stop)
	}
}

// What was seen of the cluster before the node's swap was known to be cut proves
// nothing about its remedy.
func TestARemedyWaitsForALookThatBeganAfterTheCutWasKnown(t *testing.T) {
	tp := resumedOnACut(t, "m2")
	tp.look(well)
	tp.add(journal.Event{Kind: journal.Reconciled, Step: cutPatch, Report: &cut})
	tp.settle()
	if start := tp.remedyStart(); start != nil {
		t.Errorf("it starts on an old look: %+v", start)
	}
	tp.look(well)
	if tp.settle(); tp.remedyStart() == nil {
		t.Errorf("it does not start on a fresh look: %+v, stop %+v", tp.cmds, tp.s.Stop)
	}
}

// A person who pauses wants nothing more stopped: not for a remedy either.
func TestNoRemedyStartsInAPausedRun(t *testing.T) {
	tp := resumedOnACut(t, "m2")
	tp.add(journal.Event{Kind: journal.Reconciled, Step: cutPatch, Report: &cut})
	tp.add(journal.Event{Kind: journal.Paused})
	tp.look(well)
	if tp.settle(); tp.remedyStart() != nil {
		t.Errorf("it starts: %+v", tp.cmds)
	}
}

// A controller that died after it had recorded the remedy: the next one looks
// first, and needs an approval of its own to go on.
func TestARemedyInDoubtIsLookedAtFirst(t *testing.T) {
	for _, approved := range []bool{true, false} {
		tp := begun(t)
		e := journal.Event{Kind: journal.RunResumed, Epoch: 3}
		if approved {
			e.Finish = tp.s.Finishable()
		}
		tp.add(e)
		tp.until("")
		if len(tp.cmds) == 0 || tp.cmds[0].Reconcile == nil {
			t.Fatalf("%+v, want a look first", tp.cmds)
		}
		tp.add(journal.Event{Kind: journal.Reconciled, Step: cutPatch, Report: &plan.Report{Outcome: plan.Failed, Class: plan.NotStarted}})
		tp.look(well)
		tp.settle()
		if again := tp.remedyStart() != nil; again != approved {
			t.Errorf("approved %t: remedied again: %t; %+v, stop %+v", approved, again, tp.cmds, tp.s.Stop)
		}
	}
}

func TestAForgedRemedyIsRefused(t *testing.T) {
	tp := resumedOnACut(t, "m2")
	tp.add(journal.Event{Kind: journal.Reconciled, Step: cutPatch, Report: &cut})
	tp.look(well)
	tp.settle()
	for name, e := range map[string]journal.Event{
		"the script in place of the remedy": {Kind: journal.StepStarted, Step: cutPatch, Attempt: 1},
		"another attempt":                   {Kind: journal.StepStarted, Step: cutPatch, Attempt: 2, Remedy: plan.FinishSwap},
	} {
		now := &tape{s: tp.s.Clone()}
		if now.add(e); now.s.Stop == nil || now.s.Stop.Reason != journal.StopInvariant {
			t.Errorf("%s: stop %+v", name, now.s.Stop)
		}
	}
	tp.s.Finish = nil // a journal that tells of no approval
	tp.add(journal.Event{Kind: journal.StepStarted, Step: cutPatch, Attempt: 1, Remedy: plan.FinishSwap})
	if tp.s.Stop == nil || tp.s.Stop.Reason != journal.StopInvariant || !strings.Contains(tp.s.Stop.Detail, "approval") {
		t.Errorf("without approval: stop %+v", tp.s.Stop)
	}
}
