package orchestrator

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// until carries the run on, every step done, until the step is to be started or
// looked at, or the run has ended.
func (t *tape) until(id plan.StepID) {
	for range 500 {
		t.settle()
		if t.s.Ended != "" || len(t.cmds) == 0 {
			return
		}
		c := t.cmds[0]
		switch {
		case c.Observe != nil:
			obs := green(t.s.Plan)
			t.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: t.s.Seq})
		case c.Reconcile != nil, c.Start.Step.ID == id:
			return
		default:
			step := c.Start.Step.ID
			t.add(journal.Event{Kind: journal.StepStarted, Step: step, Attempt: c.Start.Attempt})
			t.add(journal.Event{Kind: journal.StepEnded, Step: step, Report: &plan.Report{Outcome: plan.Done, Undone: true}})
		}
	}
}

// TestAnAppliedPatchThatAPersonHasSeenToIsVerified: the exit code of a script
// that was applied and did not start the services stays what it was. Once a
// person was told, it is the verification that says whether all is well.
func TestAnAppliedPatchThatAPersonHasSeenToIsVerified(t *testing.T) {
	const patch plan.StepID = "masters/m2/patch"
	applied := plan.Report{Outcome: plan.Failed, Class: plan.NotStarted}
	for _, c := range []struct {
		name   string
		before plan.Report // how the step was reported to have ended
		verify bool        // at the next look, which finds the target's packages and exit code 1
	}{
		{"the services were not started, and a person was told so", applied, true},
		{"the swap was half done, and a person was told so", plan.Report{Outcome: plan.Failed, Class: plan.MidSwap}, true},
		{"nobody knew how it ended, and nobody was told", plan.Report{Outcome: plan.InDoubt}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			tp := newTape(testPlan(shape{masters: 3}))
			tp.until(patch)
			tp.add(journal.Event{Kind: journal.StepStarted, Step: patch, Attempt: 1})
			tp.add(journal.Event{Kind: journal.StepEnded, Step: patch, Report: &c.before})
			tp.until("")
			if tp.s.Ended != journal.RunStopped {
				t.Fatalf("ended %q, want a stop", tp.s.Ended)
			}
			tp.add(journal.Event{Kind: journal.RunResumed, Epoch: 2})
			tp.until("")
			if len(tp.cmds) == 0 || tp.cmds[0].Reconcile == nil {
				t.Fatalf("resumed with %+v, want a look first", tp.cmds)
			}
			tp.add(journal.Event{Kind: journal.Reconciled, Step: patch, Report: &applied})
			verifying := len(tp.cmds) > 0 && tp.cmds[0].Start != nil && tp.cmds[0].Start.Step.ID == "masters/m2/serve"
			if verifying != c.verify {
				t.Errorf("verifies: %t, want %t; commands %+v, stop %+v", verifying, c.verify, tp.cmds, tp.s.Stop)
			}
		})
	}
}
