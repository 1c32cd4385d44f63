package orchestrator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Next folds one event into the state and says what should be done now. It
// has no clock, no network and no memory of its own: the same events give the
// same state and commands. The State passed in is consumed.
//
// An event that cannot follow the state (a step that ends without having
// started, say) stops the line: the journal and the engine disagree.
func Next(s State, e journal.Event) (State, []Command) {
	s = monitor(apply(s, e))
	return s, decide(s)
}

// Tick gives the commands that follow from a state when nothing has happened
// until now: what was fresh at the last event may be too old to act on, and a
// limit may have passed. That time has passed is no event of the journal: what is
// done about it is.
func Tick(s State, now time.Time) []Command {
	s.At = now
	return decide(s)
}

// monitor stops the line when a safety rule is broken, for good: that the lanes
// in hand finish, and the rule holds again, does not make the engine sound.
func monitor(s State) State {
	if s.Stop == nil && s.Ended == "" {
		if bad := Violations(s); len(bad) > 0 {
			s.Stop = &journal.Stop{Reason: journal.StopInvariant, Detail: strings.Join(bad, "; ")}
		}
	}
	return s
}

// apply is the fold.
func apply(s State, e journal.Event) State {
	s.Seq = e.Seq
	if e.Kind == journal.ObligationOpened || e.Kind == journal.ObligationClosed {
		return owe(s, e)
	}
	s.At = e.At
	switch e.Kind {
	case journal.RunStarted:
		return begin(s, e)
	case journal.RunResumed:
		return resume(s, e)
	case journal.Observed:
		return observe(s, e)
	case journal.LaneAdmitted:
		return admit(s, e)
	case journal.StepStarted:
		return startStep(s, e)
	case journal.StepNoted:
		return note(s, e)
	case journal.StepEnded, journal.Reconciled:
		return endStep(s, e)
	case journal.Held:
		s.HeldSince, s.HeldWhy = e.At, e.Detail
	case journal.HoldEnded:
		s.HeldSince, s.HeldWhy = time.Time{}, ""
	case journal.LaneParked:
		return park(s, e)
	case journal.LossAccepted:
		return accept(s, e)
	case journal.Paused:
		s.Paused = true
	case journal.UndoFailed:
		return undoFailed(s, e)
	case journal.RunStopped, journal.RunDone:
		s.Ended = e.Kind
		if e.Stop != nil {
			s.Stop = e.Stop
		}
	case journal.RunAbandoned:
		s.Ended, s.Abandoned = e.Kind, e.Detail
	default:
		s = disagree(s, fmt.Sprintf("unknown kind of event %q", e.Kind))
	}
	return s
}

func begin(s State, e journal.Event) State {
	if s.Plan != nil || e.Plan == nil {
		return disagree(s, "a run starts once, with a plan")
	}
	s.Plan, s.Run, s.Controller, s.Epoch = e.Plan, e.Run, e.Controller, e.Epoch
	s.index = indexed(e.Plan)
	s.Lanes = make([][]Lane, len(e.Plan.Stages))
	for i, st := range e.Plan.Stages {
		s.Lanes[i] = make([]Lane, len(st.Lanes))
	}
	s.disturbed = e.Seq
	return enter(s, 0)
}

// enter makes the first stage from here on that has lanes left the one at work.
// A node of a group that could not be staged ahead stays parked. A canary is
// tried all the same: without it nothing would be proved.
func enter(s State, stage int) State {
	s.Stage, s.Flight, s.pending = stage, nil, nil
	for ; s.Stage < len(s.Plan.Stages); s.Stage++ {
		if s.CurrentStage().Kind == plan.StageGroup {
			s.parkUnstaged()
		}
		for i, l := range s.Lanes[s.Stage] {
			switch l.Phase {
			case Pending:
				s.pending = append(s.pending, i)
			case Admitted:
				s.Flight = append(s.Flight, i)
			}
		}
		if len(s.pending)+len(s.Flight) > 0 {
			return s
		}
	}
	return s
}

// resume takes up a run that an earlier controller left. Steps that may have
// changed a node are looked at before anything is done about them; everything
// else is simply done again. The last touched master verifies first.
func resume(s State, e journal.Event) State {
	if s.Plan == nil {
		return disagree(s, "resumed before it was started")
	}
	s.Controller, s.Epoch = e.Controller, e.Epoch
	s.Paused, s.Stop, s.Ended, s.Look, s.LookAt = false, nil, "", nil, time.Time{}
	s.HeldSince, s.HeldWhy = time.Time{}, ""
	s.stuck = nil
	s = disturb(s, e)
	clear(s.away)
	clear(s.Findings)
	s.Finish = slices.Clone(e.Finish)
	if s.CurrentStage() == nil {
		return s
	}
	s.retryUnstaged()
	s = retake(s)
	s = reverify(s)
	return enter(s, s.Stage)
}

// retake takes up the lanes of the stage at work: those in flight first, then,
// as far as the width goes, those that failed, and after them those that were
// parked. What remains failed is within the stage's budget: no more lanes than
// the width were in flight, or had failed since the line stopped.
func retake(s State) State {
	room := s.width()
	for _, ph := range []Phase{Admitted, Broken, Parked} {
		for i := range s.Lanes[s.Stage] {
			l := &s.Lanes[s.Stage][i]
			switch {
			case l.Phase != ph, l.ParkReason != "":
			case !s.begun(i):
				*l = l.fresh().inTime() // admitted on evidence that is old already
			case room > 0 || ph == Admitted:
				room--
				s = takeUp(s, i)
			}
		}
	}
	return s
}

// takeUp puts a touched lane back in flight.
func takeUp(s State, lane int) State {
	l := &s.Lanes[s.Stage][lane]
	l.Phase, l.Progress, l.Remedy = Admitted, Idle, plan.RemedyNone
	if s.step(lane).Action.Mutates() {
		l.Progress = Doubt
	}
	return s
}

// reverify sends the lane of the last touched master back to its first
// verification, unless it has not come so far yet, and makes its stage the one
// at work.
func reverify(s State) State {
	stage, i, ok := s.laneOf(s.Master)
	if !ok {
		return s
	}
	l := &s.Lanes[stage][i]
	steps := s.Plan.Stages[stage].Lanes[i].Steps
	first := slices.IndexFunc(steps, func(p plan.Step) bool { return p.Action.Verifies() })
	if first < 0 || l.Phase == Pending || l.Phase != Verified && l.Step < first {
		return s
	}
	l.Phase, l.Step, l.Progress = Admitted, first, Idle
	s.Stage = stage
	return s
}

func observe(s State, e journal.Event) State {
	if e.Observation == nil {
		return disagree(s, "an observation without content")
	}
	s.Seen, s.SeenAt = e.Observation, e.At
	if s.Ended != "" {
		s.Look, s.LookAt = e.Observation, e.At
		return s
	}
	s.ticket = nil
	if e.Asked >= s.disturbed {
		s.ticket, s.ticketAt = e.Observation, e.AskedAt
		if e.AskedAt.IsZero() { // of an earlier version: it was asked for before it came
			s.ticketAt = e.At
		}
	}
	return s
}

// disturb voids the ticket: what was seen before an event proves nothing after it.
func disturb(s State, e journal.Event) State {
	s.ticket, s.disturbed = nil, e.Seq
	return s
}

func note(s State, e journal.Event) State {
	if e.Note == nil {
		return s
	}
	if _, ok := s.find(e.Step); !ok {
		return s
	}
	if e.Note.Hold {
		s = disturb(s, e)
		s.away[e.Step] = fmt.Sprintf("%s is %s", e.Node, e.Note.Detail)
	} else if e.Note.Detail != "" {
		s = noMoreAway(s, e)
	}
	if f := e.Note.Finding; f != nil {
		notes := s.Findings[e.Step]
		k := slices.IndexFunc(notes, func(n plan.Note) bool { return n.Finding.Check == f.Check })
		if k < 0 {
			s.Findings[e.Step] = append(notes, *e.Note)
		} else {
			notes[k] = *e.Note
		}
	}
	return s
}

// noMoreAway ends a step's wish that nothing be admitted. What was seen while
// the node was away proves nothing now that it is back.
func noMoreAway(s State, e journal.Event) State {
	if _, was := s.away[e.Step]; was {
		delete(s.away, e.Step)
		s = disturb(s, e)
	}
	return s
}

// disagree stops the line because the journal and the engine do not agree.
func disagree(s State, why string) State {
	s.refused = s.Seq
	if s.Stop == nil {
		s.Stop = &journal.Stop{Reason: journal.StopInvariant, Detail: "the journal does not fit the plan: " + why}
	}
	return s
}
