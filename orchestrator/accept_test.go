package orchestrator

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// lossOf is a report that some tasks are lost, as far as they were not accepted.
func lossOf(t plan.Task, tasks ...string) plan.Report {
	got := t.Accepted[t.Step.Node]
	left := slices.DeleteFunc(slices.Clone(tasks), got.Tasks.Has)
	if len(left) == 0 {
		return plan.Report{Outcome: plan.Done}
	}
	return plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: "lost " + strings.Join(left, " "), Findings: []dcos.Finding{
		{Check: "tasks", Node: string(t.Step.Node), Status: dcos.Failed, Lost: true, Final: true, Loss: dcos.Loss{Tasks: dcos.NewIDs(left...)}},
	}}
}

// losing is a world in which tasks of agents are lost.
func losing(tasks map[inventory.NodeName][]string) *script {
	w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{}}
	for node, lost := range tasks {
		w.answer[plan.StepID("general/"+string(node)+"/serve")] = func(_ context.Context, t plan.Task, _ func(plan.Note)) plan.Report { return lossOf(t, lost...) }
	}
	return w
}

// accepted folds that a person accepts what is lost on a node, and resumes.
func accepted(t *testing.T, w *script, s State, node inventory.NodeName) State {
	t.Helper()
	if why := s.Acceptable(node); why != "" {
		t.Fatalf("the loss on %s cannot be accepted: %s", node, why)
	}
	s, _ = Next(s, journal.Event{Seq: s.Seq + 1, At: s.At, Kind: journal.LossAccepted, Node: node, Controller: "ops@jump", Detail: "INC-4411"})
	if !s.Granted(node) || !s.LostAt(node).Empty() {
		t.Fatalf("%s: granted %t, lost %+v", node, s.Granted(node), s.LostAt(node))
	}
	s, err := w.drive(t.Context(), s, journal.Event{Kind: journal.RunResumed, Epoch: s.Epoch + 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// stopped drives a run to a stop at a node.
func stopped(t *testing.T, w *script, p *plan.Plan, node inventory.NodeName) State {
	t.Helper()
	s, err := w.drive(t.Context(), New(), started(p), nil)
	if err != nil || s.Stop == nil || s.Stop.Node != node {
		t.Fatalf("stop %+v, err %v; want one at %s", s.Stop, err, node)
	}
	return s
}

func TestAnAcceptedLossLetsTheRunGoOnAndStaysOnRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := losing(map[inventory.NodeName][]string{"a1": {"web.1", "web.2"}})
		s := stopped(t, w, testPlan(shape{masters: 3, agents: 3, width: 1, maxOut: 2}), "a1")
		w.did = nil
		s = accepted(t, w, s, "a1")
		if s.Ended != journal.RunDone || len(s.Skipped()) > 0 {
			t.Fatalf("ended %q, stop %+v, left %v", s.Ended, s.Stop, s.Skipped())
		}
		if slices.Contains(w.did, "general/a1/patch") {
			t.Errorf("did %v: the script of a1 had run", w.did)
		}
		if len(s.Accepted) != 1 || s.Accepted[0].Loss.Tasks != "web.1\nweb.2" || s.Accepted[0].Reason != "INC-4411" || s.Accepted[0].By != "ops@jump" {
			t.Errorf("on record: %+v", s.Accepted)
		}
	})
}

// What is lost after the acceptance was not accepted.
func TestALossAfterTheAcceptanceStopsTheLineAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := losing(map[inventory.NodeName][]string{"a1": {"web.1"}})
		s := stopped(t, w, testPlan(shape{masters: 3, agents: 2, width: 1, maxOut: 2}), "a1")
		w.answer["general/a1/serve"] = func(_ context.Context, t plan.Task, _ func(plan.Note)) plan.Report { return lossOf(t, "web.1", "db.1") }
		s = accepted(t, w, s, "a1")
		if s.Stop == nil || s.Stop.Node != "a1" || s.LostAt("a1").Tasks != "db.1" {
			t.Fatalf("stop %+v, lost %+v", s.Stop, s.LostAt("a1"))
		}
		if s = accepted(t, w, s, "a1"); s.Ended != journal.RunDone { // the same agent counts once
			t.Errorf("ended %q, stop %+v", s.Ended, s.Stop)
		}
	})
}

func TestTheBudgetOfAcceptedLosses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct{ maxFailures, most int }{{0, 1}, {2, 2}} {
			p := testPlan(shape{masters: 3, agents: 5, width: 1, maxOut: 5, maxFailures: c.maxFailures})
			w := losing(map[inventory.NodeName][]string{"a1": {"t.1"}, "a2": {"t.2"}, "a3": {"t.3"}, "a4": {"t.4"}})
			s, err := w.drive(t.Context(), New(), started(p), nil)
			if err != nil || s.Stop == nil {
				t.Fatalf("stop %+v, %v", s.Stop, err)
			}
			for n := 1; n <= c.most; n++ {
				node := inventory.NodeName([]string{"", "a1", "a2"}[n])
				if s.LostAt(node).Empty() {
					t.Fatalf("max_failures %d: %s has lost nothing at %+v", c.maxFailures, node, s.Stop)
				}
				s, _ = Next(s, journal.Event{Seq: s.Seq + 1, At: s.At, Kind: journal.LossAccepted, Node: node, Detail: "INC"})
			}
			s, err = w.drive(t.Context(), s, journal.Event{Kind: journal.RunResumed, Epoch: 2}, nil)
			if err != nil || s.Stop == nil || s.Stop.Reason != journal.StopFailed {
				t.Fatalf("max_failures %d: stop %+v, %v; accepted losses count as failures", c.maxFailures, s.Stop, err)
			}
			if why := s.Acceptable(s.Stop.Node); !strings.Contains(why, "the budget of stage general is spent") {
				t.Errorf("max_failures %d: %q at %s", c.maxFailures, why, s.Stop.Node)
			}
		}
	})
}

func TestWhatCannotBeAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := testPlan(shape{masters: 3, agents: 3, width: 1, maxOut: 2})
		p.Nodes[5].Disposition = plan.Excluded
		s := stopped(t, losing(map[inventory.NodeName][]string{"a2": {"t.1"}}), p, "a2")
		for node, want := range map[inventory.NodeName]string{"m1": "it is a master", "a1": "patched and verified", "a3": "it is excluded", "a9": "not a node of the plan"} {
			if why := s.Acceptable(node); !strings.Contains(why, want) {
				t.Errorf("%s: %q, want %q", node, why, want)
			}
		}
		for _, e := range []journal.Event{
			{Kind: journal.LossAccepted, Node: "m1", Detail: "INC"},
			{Kind: journal.LossAccepted, Node: "a1", Detail: "INC"},
			{Kind: journal.LossAccepted, Node: "a2"},
		} {
			folded := s.Clone()
			folded.Stop = nil
			if folded, _ = Next(folded, e); folded.Stop == nil || folded.Stop.Reason != journal.StopInvariant || len(folded.Accepted) > 0 {
				t.Errorf("%+v was folded without a word", e)
			}
		}
		left, _ := Next(s.Clone(), journal.Event{Kind: journal.LaneParked, Node: "a2", Detail: "PSU"})
		if why := left.Acceptable("a2"); !strings.Contains(why, "left behind: PSU") {
			t.Errorf("a2 left behind: %q", why)
		}
		once, _ := Next(s.Clone(), journal.Event{Kind: journal.LossAccepted, Node: "a2", Detail: "INC"})
		if why := once.Acceptable("a2"); !strings.Contains(why, "accepted already") {
			t.Errorf("accepted twice: %q", why)
		}
		healthy := stopped(t, deadAgent("general/a1/return"), testPlan(shape{masters: 3, agents: 3, width: 1, maxOut: 2}), "a1")
		if why := healthy.Acceptable("a1"); !strings.Contains(why, "of no task that they are lost") {
			t.Errorf("nothing lost: %q", why)
		}
	})
}
