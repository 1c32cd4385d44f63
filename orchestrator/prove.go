package orchestrator

import (
	"errors"
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// unproved reports whether a lane is about to take a node out, which needs a
// proof of its own: since the one that admitted it, the node was made ready and
// its baseline taken, and others may have failed. A script found running is
// only watched.
func (s State) unproved(lane int) bool {
	l, disrupts := s.Lanes[s.Stage][lane], func(p plan.Step) bool { return p.Action.Spec().Disrupts }
	if slices.ContainsFunc(s.CurrentStage().Lanes[lane].Steps[:l.Step], disrupts) {
		return false // it is out by an earlier step
	}
	return disruptive(s.CurrentStage().Kind) && disrupts(s.step(lane)) && l.Progress == Idle && !l.Now().Adopt
}

// launchable is a lane that only its proof is missing for.
type launchable struct {
	lane int
	task *plan.Task
}

// prove asks for a fresh look at the cluster, and for the next one while the
// last proves nothing. Once it proves that one of the nodes may be taken, the
// hold is over and the task carries the proof, and the deadline that follows
// from the age of the look.
func prove(s State, launches []launchable) []Command {
	if len(launches) == 0 {
		return nil
	}
	for _, why := range sorted(s.away) {
		return held(s, why)
	}
	st := s.CurrentStage()
	ask := Command{Observe: new(st.Ask())}
	if s.ticket == nil {
		return []Command{ask}
	}
	var refused error
	for _, l := range launches {
		proof, err := s.launchProof(l.lane)
		switch {
		case err != nil:
			refused = first(refused, err)
			continue
		case s.stale():
			return append(held(s, s.tooOld()), ask)
		case !s.HeldSince.IsZero():
			return []Command{{Record: &journal.Event{Kind: journal.HoldEnded}}}
		}
		l.task.Proof = proof
		if l.task.Remedy != plan.RemedyNone {
			l.task.Until.By = s.ticketAt.Add(plan.FreshFor)
		} else if r := s.Lanes[s.Stage][l.lane].Ready; r != nil {
			l.task.Ready, l.task.Until = r, r.Until(elapsed.Least(s.Lanes[s.Stage][l.lane].ReadyAt, s.ticketAt), s.ticketAt)
		}
		return []Command{{Start: l.task}}
	}
	var limit *plan.LimitError
	if errors.As(refused, &limit) && !s.waiting() { // our own lanes fill the budget: their end is what we wait for
		return nil
	}
	return append(held(s, refused.Error()), ask)
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// launchProof shows by the ticket that the node of an admitted lane may be taken
// out now. Of the other agents in flight only those count whose script may have
// begun: the others wait for the same.
func (s State) launchProof(lane int) (string, error) {
	at := s.CurrentStage()
	name := at.Lanes[lane].Node
	if s.Lanes[s.Stage][lane].Remedy != plan.RemedyNone && at.Kind == plan.StageMasters {
		return s.remedyProof(name)
	}
	if err := s.allowed(lane); err != nil {
		return "", err
	}
	if at.Kind == plan.StageMasters {
		return s.proof(name)
	}
	a := s.admission(name)
	a.InFlight = nil
	for _, i := range s.Flight {
		if i != lane && s.begun(i) {
			a.InFlight = append(a.InFlight, at.Lanes[i].Node)
		}
	}
	return plan.Admit(a)
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
