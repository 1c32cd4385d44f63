package orchestrator

import (
	"errors"
	"fmt"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// unproved reports whether a lane is about to take a master out, which needs a
// proof of its own: since the one that admitted it, its baseline was taken, and
// a node may have failed meanwhile. A script found running is only watched.
func (s State) unproved(lane int) bool {
	l := s.Lanes[s.Stage][lane]
	return s.AtWork().Kind == plan.StageMasters && s.step(lane).Action.Mutates() && l.Progress == Idle && !l.Adopt
}

// prove asks for a fresh look at the cluster, and for the next one while the
// last proves nothing. Once it proves that the master may be taken, the hold
// is over and the task carries the proof.
func prove(s State, t *plan.Task) []Command {
	st := s.AtWork()
	ask := Command{Observe: &plan.Ask{Stage: st.ID, Kind: st.Kind}}
	if s.ticket == nil {
		return []Command{ask}
	}
	proof, err := s.proof(t.Step.Node)
	switch {
	case err != nil:
		return append(held(s, err.Error()), ask)
	case s.stale():
		return append(held(s, s.tooOld()), ask)
	case !s.HeldSince.IsZero():
		return []Command{{Record: &journal.Event{Kind: journal.HoldEnded}}}
	}
	t.Proof = proof
	return []Command{{Start: t}}
}

// proof shows by the ticket that a master may be taken out.
func (s State) proof(master inventory.NodeName) (string, error) {
	switch {
	case s.ticket == nil:
		return "", fmt.Errorf("%s: nothing fresh is known of the cluster", master)
	case !s.ticket.Green:
		return "", errors.New(notGreen(s.ticket))
	}
	return s.Plan.ProveMaster(*s.ticket, master)
}

// waiting reports whether no lane in flight is at work: none, or one that
// waits for its proof.
func (s State) waiting() bool {
	for _, i := range s.Flight {
		if !s.unproved(i) {
			return false
		}
	}
	return true
}
