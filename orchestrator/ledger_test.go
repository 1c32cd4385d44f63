package orchestrator

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

func nodesOwed(s State, id plan.Obligation) []inventory.NodeName {
	for _, o := range s.Obligations() {
		if o.ID == id {
			return o.Nodes
		}
	}
	return nil
}

func TestAnObligationStaysUntilItIsClosedOnEveryNode(t *testing.T) {
	at := time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)
	s := New()
	s.At = at
	fold := func(k journal.Kind, o *journal.Obligation) {
		s, _ = Next(s, journal.Event{Seq: s.Seq + 1, At: at.Add(time.Hour), Kind: k, Obligation: o})
	}
	fold(journal.ObligationOpened, &journal.Obligation{ID: plan.OwesLock, Nodes: []inventory.NodeName{"m1", "m2"}})
	fold(journal.ObligationOpened, &journal.Obligation{ID: plan.OwesFiles, Nodes: []inventory.NodeName{"a1", "a2"}})
	fold(journal.ObligationOpened, &journal.Obligation{ID: plan.OwesFiles, Nodes: []inventory.NodeName{"a2", "a3"}})
	before := s.Obligations()
	fold(journal.ObligationClosed, &journal.Obligation{ID: plan.OwesFiles, Nodes: []inventory.NodeName{"a1", "a9"}})
	if got := nodesOwed(s, plan.OwesFiles); !slices.Equal(got, []inventory.NodeName{"a2", "a3"}) {
		t.Errorf("owed on %v", got)
	}
	if !slices.Equal(before[1].Nodes, []inventory.NodeName{"a1", "a2", "a3"}) {
		t.Errorf("an older state has changed: %v", before)
	}
	fold(journal.ObligationClosed, &journal.Obligation{ID: plan.OwesFiles, Nodes: []inventory.NodeName{"a3", "a2"}})
	fold(journal.ObligationClosed, &journal.Obligation{ID: plan.OwesLock})
	fold(journal.ObligationClosed, &journal.Obligation{ID: plan.OwesLock})
	if len(s.Obligations()) > 0 || s.Stop != nil {
		t.Errorf("owed %v, stop %+v", s.Obligations(), s.Stop)
	}
	if !s.At.Equal(at) {
		t.Error("closing an obligation, which sweep does days later, has moved the run's last event")
	}
	fold(journal.ObligationClosed, nil)
	if s.Stop == nil {
		t.Error("a closing without an obligation was accepted")
	}
}

// What stays on a node is owed until a person sweeps it, whatever a report says.
func TestOnlyATemporaryChangeIsClosedByTheReportOfItsStep(t *testing.T) {
	tp := newTape(testPlan(shape{masters: 3, agents: 2, canary: true}))
	tp.toStage(t, "general") // every step reports that what it opened is undone
	if got := nodesOwed(tp.s, plan.OwesFiles); len(got) != 4 || tp.s.OwesFor(plan.OwesProbe) {
		t.Errorf("files are owed on %v, probe %v; want the files of m1 to m3 and a1, and no probe", got, tp.s.OwesFor(plan.OwesProbe))
	}
}

func TestATakenOverContextEndsTheRunAsTakenOver(t *testing.T) {
	ctx, lose := context.WithCancelCause(t.Context())
	lose(&TakenOverError{Detail: "m1: epoch 2 is over, the node has seen 3"})
	r := &run{d: &Driver{Recorder: discard{}}, ctx: ctx, s: New()}
	if err := r.abandon(); err != nil {
		t.Fatal(err)
	}
	if s := r.s.Stop; s == nil || s.Reason != journal.StopTakenOver || r.s.SafeToLeave().Safe {
		t.Errorf("stop %+v, safe %v", s, r.s.SafeToLeave())
	}
	ctx, stop := context.WithCancelCause(t.Context())
	stop(errors.New("anything else"))
	r = &run{d: &Driver{Recorder: discard{}}, ctx: ctx, s: New()}
	if err := r.abandon(); err != nil || r.s.Stop.Reason != journal.StopInterrupted {
		t.Errorf("%v, stop %+v", err, r.s.Stop)
	}
}

type discard struct{}

func (discard) Record(journal.Event) error { return nil }
