package orchestrator

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// deadAgent is a world in which nothing that verifies an agent ever succeeds.
func deadAgent(step plan.StepID) *script {
	return &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{
		step: func(context.Context, plan.Task, func(plan.Note)) plan.Report {
			return plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: "not registered"}
		},
	}}
}

// parked drives a run to its stop at a node, leaves that node behind, and resumes.
func parked(t *testing.T, w *script, p *plan.Plan, node inventory.NodeName) State {
	t.Helper()
	s, err := w.drive(t.Context(), New(), started(p), nil)
	if err != nil || s.Stop == nil || s.Stop.Node != node {
		t.Fatalf("stop %+v, err %v; want one at %s", s.Stop, err, node)
	}
	if why := s.Parkable(node); why != "" {
		t.Fatalf("%s cannot be left behind: %s", node, why)
	}
	s, _ = Next(s, journal.Event{Seq: s.Seq + 1, At: s.At, Kind: journal.LaneParked, Node: node, Detail: "PSU, INC-4411"})
	w.did = nil
	s, err = w.drive(t.Context(), s, journal.Event{Kind: journal.RunResumed, Epoch: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestANodeThatAPersonLeavesBehindIsNotTakenUpAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := deadAgent("general/a1/return")
		s := parked(t, w, testPlan(shape{masters: 3, agents: 3, width: 1, maxOut: 2}), "a1")
		if s.Ended != journal.RunDone || !slices.Equal(s.Skipped(), []inventory.NodeName{"a1"}) {
			t.Fatalf("ended %q, stop %+v, left %v; want it done without a1", s.Ended, s.Stop, s.Skipped())
		}
		if slices.ContainsFunc(w.did, func(id plan.StepID) bool { return strings.Contains(string(id), "/a1/") }) {
			t.Errorf("did %v: a1 was left behind", w.did)
		}
	})
}

func TestAGroupWhoseCanaryWasLeftBehindIsProvedByItsNextNodeAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := deadAgent("canary/a1/serve")
		s := parked(t, w, testPlan(shape{masters: 3, agents: 5, width: 3, maxOut: 5, canary: true}), "a1")
		if s.Ended != journal.RunDone {
			t.Fatalf("ended %q, stop %+v", s.Ended, s.Stop)
		}
		served := w.at["general/a2/serve"].Add(time.Minute)
		for _, other := range []plan.StepID{"general/a3/baseline", "general/a4/baseline", "general/a5/baseline"} {
			if at := w.at[other]; at.Before(served) {
				t.Errorf("%s %s before a2 was verified: nothing has proved the group yet", other, served.Sub(at))
			}
		}
		if w.at["general/a4/baseline"] != w.at["general/a3/baseline"] {
			t.Error("the group goes on one by one, after its first node has proved it")
		}
	})
}

func TestWhatCannotBeLeftBehind(t *testing.T) {
	p := testPlan(shape{masters: 3, agents: 2, width: 1, maxOut: 2})
	p.Nodes[4].Disposition = plan.Excluded
	tp := newTape(p)
	tp.s.Lanes[3][0].Phase = Verified
	for node, want := range map[inventory.NodeName]string{"m1": "it is a master", "a1": "patched and verified", "a2": "it is excluded", "a9": "not a node of the plan"} {
		if why := tp.s.Parkable(node); !strings.Contains(why, want) {
			t.Errorf("%s: %q, want %q", node, why, want)
		}
	}
	for _, e := range []journal.Event{
		{Kind: journal.LaneParked, Node: "m1", Detail: "PSU"},
		{Kind: journal.LaneParked, Node: "a1"},
	} {
		if s, _ := Next(tp.s.Clone(), e); s.Stop == nil || s.Stop.Reason != journal.StopInvariant {
			t.Errorf("%+v was folded without a word", e)
		}
	}
}

// What the engine parks by itself is bounded; what a person parks is not
// counted against that.
func TestNodesThatAPersonLeavesDoNotStopTheLine(t *testing.T) {
	tp := newTape(testPlan(shape{masters: 3, agents: 30, width: 1, maxOut: 2}))
	for _, node := range []inventory.NodeName{"a1", "a2", "a3"} {
		tp.add(journal.Event{Kind: journal.LaneParked, Node: node, Detail: "rack 4 is dark"})
	}
	if s := tp.s; s.Stop != nil || len(s.Skipped()) != 3 || s.Lanes[3][3].Phase != Pending {
		t.Errorf("stop %+v, left %v", s.Stop, s.Skipped())
	}
	tp.s.Stage = 3
	if n := tp.s.parkedByItself(); n != 0 {
		t.Errorf("%d nodes count as parked by themselves", n)
	}
}

// What stops the line has failed, also where less of it would have been parked.
func TestANodeThatStopsTheLineIsNotCalledParked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{
			"general/a1/patch": func(context.Context, plan.Task, func(plan.Note)) plan.Report {
				return plan.Report{Outcome: plan.Failed, Class: plan.BeforeSwap, Detail: "no such package"}
			},
		}}
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, agents: 3, width: 1, maxOut: 2})), nil)
		if _, agents := s.Tallies(); err != nil || s.Stop == nil || agents.Failed != 1 || agents.Parked != 0 {
			t.Errorf("stop %+v, %v; %+v, want one failed", s.Stop, err, agents)
		}
	})
}
