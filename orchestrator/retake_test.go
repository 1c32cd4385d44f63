package orchestrator

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestAFailedLaneIsTakenUpBeforeAParkedOne: a node that was parked has lost
// nothing. One that failed is out, and beyond the budget: the run must not go
// on past it because parked ones have taken all the room.
func TestAFailedLaneIsTakenUpBeforeAParkedOne(t *testing.T) {
	tp := newTape(testPlan(shape{masters: 3, agents: 25, width: 1, maxOut: 2}))
	ends := map[plan.StepID]plan.Report{
		"general/a1/patch":  {Outcome: plan.Failed, Class: plan.BeforeSwap},
		"general/a2/return": {Outcome: plan.Failed, Class: plan.NotVerified},
	}
	var did []string
	tp.play(t, func(id plan.StepID) plan.Report {
		rep := ends[id]
		delete(ends, id)
		if rep.Outcome == plan.InDoubt {
			rep.Outcome = plan.Done
		}
		return rep
	}, &did)
	if tp.s.Ended != journal.RunStopped || tp.s.Stop.Node != "a2" {
		t.Fatalf("ended %q, stop %+v; want a stop at a2", tp.s.Ended, tp.s.Stop)
	}
	did = nil
	tp.add(journal.Event{Kind: journal.RunResumed, Epoch: 2})
	tp.play(t, func(plan.StepID) plan.Report { return plan.Report{Outcome: plan.Done, Undone: true} }, &did)
	for i, id := range did {
		if strings.HasPrefix(id, "general/") {
			if id != "general/a2/return" {
				t.Errorf("step %d after the resume is %s, want a2 verified first", i+1, id)
			}
			break
		}
	}
	if left := tp.s.Skipped(); tp.s.Ended != journal.RunDone || len(left) != 1 || left[0] != "a1" {
		t.Errorf("ended %q, left behind %v; want done without a1, which was never touched", tp.s.Ended, left)
	}
}

// play carries the run to its end; answer says how each step ends.
func (t *tape) play(tb testing.TB, answer func(plan.StepID) plan.Report, did *[]string) {
	for range 2000 {
		t.settle()
		if t.s.Ended != "" {
			return
		}
		c := t.cmds[0]
		switch {
		case c.Observe != nil:
			obs := green(t.s.Plan)
			t.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: t.s.Seq})
		case c.Reconcile != nil:
			*did = append(*did, string(c.Reconcile.Step.ID))
			rep := answer(c.Reconcile.Step.ID)
			t.add(journal.Event{Kind: journal.Reconciled, Step: c.Reconcile.Step.ID, Report: &rep})
		default:
			id := c.Start.Step.ID
			*did = append(*did, string(id))
			rep := answer(id)
			t.add(journal.Event{Kind: journal.StepStarted, Step: id, Attempt: c.Start.Attempt})
			t.add(journal.Event{Kind: journal.StepEnded, Step: id, Report: &rep})
		}
	}
	tb.Fatal("the run does not end")
}
