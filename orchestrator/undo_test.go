package orchestrator

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

const drain plan.Obligation = "drain"

// drained is a run whose agent a1 has opened an obligation of the engine's, and
// waits for the proof that its patch needs.
func drained(t *testing.T) *tape {
	t.Helper()
	tp := newTape(testPlan(shape{masters: 3, agents: 2, width: 2, maxOut: 2}))
	for range 200 {
		tp.settle()
		c := tp.cmds[0]
		switch {
		case c.Observe != nil && len(tp.s.Flight) == 2 && tp.s.CurrentStage().Kind == plan.StageGroup:
			o := journal.Obligation{ID: drain, What: "drain", Undoable: true, Nodes: []inventory.NodeName{"a1"},
				Was: map[inventory.NodeName]json.RawMessage{"a1": json.RawMessage(`"active"`)}}
			tp.add(journal.Event{Kind: journal.ObligationOpened, Obligation: &o})
			if u := tp.undo(); u != nil {
				t.Fatalf("the lane is at work, and %+v", u)
			}
			return tp
		case c.Observe != nil:
			obs := green(tp.s.Plan)
			tp.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: tp.s.Seq})
		default:
			tp.add(journal.Event{Kind: journal.StepStarted, Step: c.Start.Step.ID, Attempt: c.Start.Attempt})
			tp.add(journal.Event{Kind: journal.StepEnded, Step: c.Start.Step.ID, Report: &plan.Report{Outcome: plan.Done}})
		}
	}
	t.Fatal("the agents were not reached")
	return nil
}

// undo is what the engine wants undone.
func (t *tape) undo() *plan.Undoing {
	for _, c := range t.cmds {
		if c.Undo != nil {
			return c.Undo
		}
	}
	return nil
}

func (t *tape) undone() {
	u := t.undo()
	t.add(journal.Event{Kind: journal.ObligationClosed, Obligation: &journal.Obligation{ID: u.Kind, Nodes: []inventory.NodeName{u.Node}}})
}

func TestATemporaryChangeIsUndoneBeforeARunStops(t *testing.T) {
	for name, stop := range map[string]func(*tape){
		"interrupted": func(tp *tape) { tp.add(journal.Event{Kind: journal.Paused}) },
		"interrupted before its remedy": func(tp *tape) {
			l := &tp.s.Lanes[3][0]
			l.Remedy, l.Report = plan.FinishSwap, &plan.Report{Outcome: plan.Failed, Class: plan.MidSwap}
			tp.add(journal.Event{Kind: journal.Paused})
		},
		"another lane fails": func(tp *tape) {
			tp.s.Stop = &journal.Stop{Reason: journal.StopFailed}
			tp.add(journal.Event{Kind: journal.StepNoted, Note: &plan.Note{}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			tp := drained(t)
			stop(tp)
			tp.settle()
			u := tp.undo()
			if u == nil || u.Node != "a1" || string(u.Was) != `"active"` || tp.s.Ended != "" {
				t.Fatalf("undo %+v, ended %q", u, tp.s.Ended)
			}
			tp.undone()
			tp.settle()
			if tp.s.Ended != journal.RunStopped || tp.s.OwesFor(drain) {
				t.Errorf("ended %q, owed %v", tp.s.Ended, tp.s.Obligations())
			}
		})
	}
}

func TestAResumeUndoesWhatWasLeftBeforeTheNodeIsTakenAgain(t *testing.T) {
	tp := drained(t)
	tp.add(journal.Event{Kind: journal.RunResumed, Epoch: 2})
	admitted := func() bool {
		return slices.ContainsFunc(tp.events, func(e journal.Event) bool {
			return e.Kind == journal.LaneAdmitted && e.Node == "a1" && e.Seq > tp.s.disturbed
		})
	}
	u := tp.undo()
	if u == nil || u.Epoch != 2 || tp.s.Lanes[3][0].Phase != Pending {
		t.Fatalf("undo %+v, lane %+v", u, tp.s.Lanes[3][0])
	}
	tp.add(journal.Event{Kind: journal.UndoFailed, Detail: "no leader", Obligation: &journal.Obligation{ID: drain, Nodes: []inventory.NodeName{"a1"}}})
	if tp.undo() != nil {
		t.Error("it is tried again at once")
	}
	if why := tp.s.owing("a1"); !strings.Contains(why, "no leader") || admitted() {
		t.Errorf("%q, admitted %v", why, admitted())
	}
	tp.add(journal.Event{Kind: journal.RunResumed, Epoch: 3})
	if tp.undo() == nil {
		t.Fatal("another resume does not try again")
	}
	tp.undone()
	if tp.s.owing("a1") != "" || tp.s.Stop != nil {
		t.Errorf("%q, stop %+v", tp.s.owing("a1"), tp.s.Stop)
	}
}

func TestADoneRunHasUndoneEverything(t *testing.T) {
	for _, unable := range []int{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			w := &script{unable: unable}
			p := testPlan(shape{masters: 3, agents: 2, width: 2, maxOut: 2, hold: 10 * time.Minute})
			d := &Driver{Actor: w, Observer: w, Recorder: w, Pace: time.Minute,
				Owes: []journal.Obligation{{ID: drain, What: "drain", Undoable: true, Nodes: []inventory.NodeName{"a1"}}}}
			s, err := d.Run(t.Context(), New(), journal.Event{Kind: journal.RunStarted, Run: "r", Plan: p, Epoch: 1}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if done := s.Ended == journal.RunDone; len(w.undid) != 1 || done != (unable == 0) || s.OwesFor(drain) == done {
				t.Errorf("undid %+v, ended %q, stop %+v, owed %v", w.undid, s.Ended, s.Stop, s.Obligations())
			}
		})
	}
}
