package orchestrator

import (
	"slices"
	"testing"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// A lane may have several steps that change its node. The second needs no proof
// of its own, for the node is out by the first; each counts its own attempts.
func TestEachStepThatMayChangeTheNodeHasItsOwnAttempts(t *testing.T) {
	p := testPlan(shape{masters: 1, agents: 0})
	lane := &p.Stages[1].Lanes[0]
	again := lane.Steps[1]
	again.ID += "-again"
	lane.Steps = slices.Insert(lane.Steps, 2, again)
	p.Waivers = []plan.Waiver{{Check: plan.CheckSingleMaster, Reason: "lab", Until: epochStart.AddDate(1, 0, 0)}}
	tp := newTape(p)
	var begun []plan.StepID
	var attempts []int
	for range 60 {
		tp.settle()
		if len(tp.cmds) == 0 || tp.s.Ended != "" {
			break
		}
		switch c := tp.cmds[0]; {
		case c.Observe != nil:
			obs := green(p)
			tp.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: tp.s.Seq})
		case c.Reconcile != nil:
			rep := plan.Report{Outcome: plan.Failed, Class: plan.BeforeSwap, Detail: "the fetch failed"}
			tp.add(journal.Event{Kind: journal.Reconciled, Step: c.Reconcile.Step.ID, Report: &rep})
		default:
			st := c.Start.Step
			tp.add(journal.Event{Kind: journal.StepStarted, Step: st.ID, Attempt: c.Start.Attempt})
			if st.Action == plan.ActionPatch {
				begun, attempts = append(begun, st.ID), append(attempts, c.Start.Attempt)
				if proved := c.Start.Proof != ""; proved != (st.ID == lane.Steps[1].ID) {
					t.Errorf("%s: begun on a proof %v", st.ID, proved)
				}
			}
			if len(begun) == 1 && st.Action == plan.ActionPatch { // its end is not heard
				tp.add(journal.Event{Kind: journal.RunResumed, Epoch: 2})
				continue
			}
			tp.add(journal.Event{Kind: journal.StepEnded, Step: st.ID, Report: &plan.Report{Outcome: plan.Done, Detail: "done"}})
		}
	}
	first, second := lane.Steps[1].ID, again.ID
	if !slices.Equal(begun, []plan.StepID{first, first, second}) || !slices.Equal(attempts, []int{1, 2, 1}) || tp.s.Ended != journal.RunDone {
		t.Errorf("begun %v as %v, ended %q, stop %+v", begun, attempts, tp.s.Ended, tp.s.Stop)
	}
	l := tp.s.Lanes[1][0]
	if ran, ok := l.LastRan(); !ok || ran.Step != 2 || ran.Tries != 0 || len(l.States) != 2 {
		t.Errorf("states %+v", l.States)
	}
}
