package orchestrator

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// observe folds an observation that was asked for just now.
func (t *tape) observe(change func(*plan.Observation)) {
	obs := green(t.s.Plan)
	if change != nil {
		change(&obs)
	}
	t.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: t.s.Seq})
}

// admissions are the nodes that the engine wants to admit now.
func (t *tape) admissions() []inventory.NodeName {
	var names []inventory.NodeName
	for _, c := range t.cmds {
		if c.Record != nil && c.Record.Kind == journal.LaneAdmitted {
			names = append(names, c.Record.Node)
		}
	}
	return names
}

// toStage carries the run on until the stage is the current one and waits for
// an observation.
func (t *tape) toStage(tb testing.TB, id string) {
	tb.Helper()
	for range 500 {
		t.settle()
		if at := t.s.CurrentStage(); at != nil && at.ID == id && t.cmds[0].Observe != nil {
			return
		}
		switch c := t.cmds[0]; {
		case c.Observe != nil:
			t.observe(nil)
		default:
			t.add(journal.Event{Kind: journal.StepStarted, Step: c.Start.Step.ID, Node: c.Start.Step.Node, Attempt: c.Start.Attempt})
			t.add(journal.Event{Kind: journal.StepEnded, Step: c.Start.Step.ID, Node: c.Start.Step.Node, Report: &plan.Report{Outcome: plan.Done, Undone: true}})
		}
	}
	tb.Fatalf("stage %s was not reached", id)
}

// TestAStoppedLineAdmitsNothingWhileItsSiblingsFinish stops the line by a1
// while a2 is patched, and looks at the commands as a2 goes on.
func TestAStoppedLineAdmitsNothingWhileItsSiblingsFinish(t *testing.T) {
	r := newTape(testPlan(shape{masters: 3, agents: 4, width: 2, maxOut: 4}))
	r.toStage(t, "general")
	start := func(id plan.StepID) {
		r.until(id)
		r.add(journal.Event{Kind: journal.StepStarted, Step: id, Attempt: 1})
	}
	start("general/a1/patch")
	start("general/a2/patch")
	r.add(journal.Event{Kind: journal.StepEnded, Step: "general/a1/patch", Report: &plan.Report{Outcome: plan.Failed, Class: plan.MidSwap}})
	if r.s.Stop == nil {
		t.Fatal("a failed lane did not stop the line")
	}
	nothingNew := func(when string) {
		t.Helper()
		for _, c := range r.cmds {
			if c.Observe != nil || c.Record != nil || c.Start != nil && c.Start.Step.Node != "a2" {
				t.Errorf("%s: %+v", when, c)
			}
		}
	}
	nothingNew("while a2's script runs")
	r.add(journal.Event{Kind: journal.StepEnded, Step: "general/a2/patch", Report: &plan.Report{Outcome: plan.Done}})
	if len(r.cmds) == 0 || r.cmds[0].Start == nil {
		t.Fatalf("commands %+v, want a2 verified", r.cmds)
	}
	nothingNew("before a2 is verified")
	r.observe(nil)
	nothingNew("after a green observation")
}

func TestARedClusterAdmitsNoAgentWhateverTheJournalSays(t *testing.T) {
	r := newTape(testPlan(shape{masters: 3, agents: 2}))
	r.toStage(t, "general")
	r.observe(func(o *plan.Observation) { o.Green = false })
	r.add(journal.Event{Kind: journal.LaneAdmitted, Stage: "general", Node: "a1"})
	if r.s.Stop == nil || r.s.Stop.Reason != journal.StopInvariant || len(r.s.Flight) > 0 {
		t.Errorf("admitted on a red cluster: flight %v, stop %+v", r.s.Flight, r.s.Stop)
	}
}

func TestNodesThatAreOutAlreadyAreOfferedFirst(t *testing.T) {
	r := newTape(testPlan(shape{masters: 3, agents: 3, maxOut: 4}))
	r.toStage(t, "general")
	r.observe(func(o *plan.Observation) { o.Out = []inventory.NodeName{"a3"} })
	if got := r.admissions(); len(got) != 1 || got[0] != "a3" {
		t.Errorf("admitted %v, want a3, which is out already", got)
	}
}

func TestAMasterThatMustNotStopIsNotPassedOver(t *testing.T) {
	r := newTape(testPlan(shape{masters: 3}))
	r.toStage(t, "masters")
	// m2 goes first and may not stop while m3 does not serve; m3 could be stopped.
	r.observe(func(o *plan.Observation) { o.Quorums[0].Serving = []inventory.NodeName{"m1", "m2"} })
	if got := r.admissions(); len(got) > 0 {
		t.Errorf("admitted %v, want a hold for m2", got)
	}
	if r.cmds[0].Record == nil || r.cmds[0].Record.Kind != journal.Held || !strings.Contains(r.cmds[0].Record.Detail, "m2") {
		t.Errorf("commands %+v, want a hold that names m2", r.cmds)
	}
}

func TestAgentsOutOfServiceThatTheInventoryDoesNotKnowCount(t *testing.T) {
	for _, c := range []struct {
		name     string
		unknown  []plan.UnknownAgent
		admitted int
	}{
		{"none", nil, 1},
		{"one in service", []plan.UnknownAgent{{IP: "10.9.9.9", Active: true}}, 1},
		{"one out of service", []plan.UnknownAgent{{IP: "10.9.9.9"}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newTape(testPlan(shape{masters: 3, agents: 3, maxOut: 1}))
			r.toStage(t, "general")
			r.observe(func(o *plan.Observation) { o.Unknown = c.unknown })
			if got := r.admissions(); len(got) != c.admitted {
				t.Errorf("admitted %v, want %d", got, c.admitted)
			}
		})
	}
}

func TestAHoldStopsTheLineSoonAfterItsLimit(t *testing.T) {
	r := newTape(testPlan(shape{masters: 3, hold: 10 * time.Second}))
	r.toStage(t, "masters")
	red := func(o *plan.Observation) { o.Green = false }
	for range 13 { // a second each
		r.observe(red)
		r.settle()
	}
	if r.s.Stop == nil || r.s.Stop.Reason != journal.StopHeld {
		t.Errorf("held since %s, now %s, limit 10s: stop %+v", r.s.HeldSince, r.s.At, r.s.Stop)
	}
}

func TestAStepThatDidNotStartCannotEnd(t *testing.T) {
	r := newTape(testPlan(shape{masters: 3}))
	r.until("masters/m2/baseline")
	r.add(journal.Event{Kind: journal.StepEnded, Step: "masters/m2/baseline", Node: "m2", Report: &plan.Report{Outcome: plan.Done}})
	if r.s.Stop == nil || r.s.Stop.Reason != journal.StopInvariant {
		t.Errorf("stop %+v, want the journal refused", r.s.Stop)
	}
}

func TestTheObservationBeforeALanesEndAdmitsNothingAfterIt(t *testing.T) {
	r := newTape(testPlan(shape{masters: 3, agents: 3, width: 2, maxOut: 1}))
	r.toStage(t, "general")
	r.observe(nil)
	r.settle() // a1 is admitted; a second would exceed max_out
	r.until("general/a1/serve")
	r.add(journal.Event{Kind: journal.StepStarted, Step: "general/a1/serve", Node: "a1"})
	r.observe(nil) // of the time before a1's end
	if got := r.admissions(); len(got) > 0 {
		t.Fatalf("admitted %v beyond max_out", got)
	}
	r.add(journal.Event{Kind: journal.StepEnded, Step: "general/a1/serve", Node: "a1", Report: &plan.Report{Outcome: plan.Done}})
	if got := r.admissions(); len(got) > 0 || r.cmds[0].Observe == nil {
		t.Errorf("admitted %v on the observation before a1's end, want a new one: %+v", got, r.cmds)
	}
}

func TestAttemptsAreCountedAcrossAResume(t *testing.T) {
	const patch plan.StepID = "masters/m2/patch"
	r := newTape(testPlan(shape{masters: 3}))
	r.until(patch)
	r.add(journal.Event{Kind: journal.StepStarted, Step: patch, Node: "m2", Attempt: 1})
	r.add(journal.Event{Kind: journal.RunResumed, Epoch: 2})
	r.add(journal.Event{Kind: journal.Reconciled, Step: patch, Node: "m2", Report: &plan.Report{Outcome: plan.Failed, Class: plan.BeforeSwap}})
	r.until("masters/m2/baseline") // admitted again
	r.add(journal.Event{Kind: journal.StepStarted, Step: "masters/m2/baseline", Node: "m2"})
	r.add(journal.Event{Kind: journal.RunResumed, Epoch: 3})
	r.until(patch)
	if c := r.cmds[0]; c.Start == nil || c.Start.Step.ID != patch || c.Start.Attempt != 2 {
		t.Errorf("commands %+v, want attempt 2 of %s", r.cmds, patch)
	}
}

// TestAnEndThatCameAfterWatchingEndedIsNoFact: it may say only that the worker
// stopped watching, so that the step stays without an end in the journal.
func TestAnEndThatCameAfterWatchingEndedIsNoFact(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tp := newTape(testPlan(shape{masters: 3}))
	tp.until("masters/m2/patch")
	w := &script{}
	r := &run{d: &Driver{Actor: w, Observer: w, Recorder: w}, ctx: ctx, s: tp.s}
	tp.add(journal.Event{Kind: journal.StepStarted, Step: "masters/m2/patch", Node: "m2", Attempt: 1})
	r.s = tp.s
	if err := r.heard(journal.Event{Kind: journal.StepEnded, Step: "masters/m2/patch", Node: "m2", Report: &plan.Report{Outcome: plan.Done}}); err != nil {
		t.Fatal(err)
	}
	if len(w.journal) != 1 || w.journal[0].Kind != journal.RunStopped || len(r.s.Owed()) != 1 {
		t.Errorf("recorded %+v, owed %v; want the run stopped and the step in doubt", w.journal, r.s.Owed())
	}
}

func TestItIsNotSafeToLeaveWhatIsNotBack(t *testing.T) {
	stop := journal.Event{Kind: journal.RunStopped, Stop: &journal.Stop{Reason: journal.StopFailed}}
	ends := func(r *tape, id plan.StepID, rep plan.Report) {
		r.until(id)
		r.add(journal.Event{Kind: journal.StepStarted, Step: id, Attempt: 1})
		r.add(journal.Event{Kind: journal.StepEnded, Step: id, Report: &rep})
		r.add(stop)
		r.observe(nil)
	}
	for _, c := range []struct {
		name string
		id   plan.StepID
		rep  plan.Report
		says string
	}{
		{"a master is patched and not verified", "masters/m2/serve", plan.Report{Outcome: plan.Failed, Class: plan.NotVerified}, "master m2 is not back"},
		{"an agent's swap was cut", "general/a1/patch", plan.Report{Outcome: plan.Failed, Class: plan.MidSwap}, "a1 is in the middle of a swap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newTape(testPlan(shape{masters: 3, agents: 3}))
			ends(r, c.id, c.rep)
			if got := r.s.SafeToLeave(); got.Safe || !strings.Contains(got.Why, c.says) {
				t.Errorf("%+v, want not safe, since %s", got, c.says)
			}
		})
	}
}
