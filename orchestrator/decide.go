package orchestrator

import (
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// decide derives what should be done now from the state alone.
func decide(s State) []Command {
	if s.Plan == nil || s.Ended != "" {
		return nil
	}
	cmds := append(lanes(s), undos(s)...)
	if s.Stop != nil {
		return closing(s, cmds, s.Stop)
	}
	if s.Paused {
		return closing(s, cmds, &journal.Stop{Reason: journal.StopInterrupted, Detail: "interrupted; the lanes in hand were finished"})
	}
	if s.CurrentStage() == nil {
		return over(s)
	}
	return append(append(admission(s), cmds...), limits(s)...)
}

// limits says when a limit passes that something is done about: how long a HOLD
// may last.
func limits(s State) []Command {
	limit := s.Plan.HoldLimit.D()
	if s.HeldSince.IsZero() || limit <= 0 || !s.waiting() {
		return nil
	}
	if at := s.HeldSince.Add(limit); at.After(s.At) {
		return []Command{{Wake: at}}
	}
	return nil
}

// closing ends the run once no step is under way.
func closing(s State, cmds []Command, stop *journal.Stop) []Command {
	if len(cmds) > 0 {
		return cmds
	}
	for _, i := range s.Flight {
		if s.Lanes[s.Stage][i].Progress == Started {
			return nil
		}
	}
	return []Command{{Record: &journal.Event{Kind: journal.RunStopped, Stop: stop}}}
}

// lanes moves every admitted lane on.
func lanes(s State) []Command {
	var cmds []Command
	var launches []launchable
	accepted := s.losses()
	for _, i := range s.Flight {
		l, st := s.Lanes[s.Stage][i], s.step(i)
		t := &plan.Task{Plan: s.Plan, Run: s.Run, Epoch: s.Epoch, Step: st, Attempt: l.Attempt(st), Remedy: l.Remedy, Baseline: l.Baseline, Adopt: l.Now().Adopt, Accepted: accepted}
		switch l.Progress {
		case Doubt:
			cmds = append(cmds, Command{Reconcile: t})
		case Idle:
			if s.halted(i) {
				continue
			}
			switch st.Action {
			case plan.ActionPostflight:
				t.ExemptAgents, t.Deactivated = s.Skipped(), s.Deactivated()
			case plan.ActionSettle, plan.ActionBake, plan.ActionProbe:
				if l.Deactivated {
					t.Deactivated = []inventory.NodeName{st.Node}
				}
			case plan.ActionDeferred:
				t.Baseline = s.preflight()
			case plan.ActionServe:
				if s.CurrentStage().Kind == plan.StageMasters {
					t.ExemptAgents = s.UnverifiedAgents()
				}
			}
			if s.unproved(i) {
				launches = append(launches, launchable{i, t})
				continue
			}
			cmds = append(cmds, Command{Start: t})
		}
	}
	return append(cmds, prove(s, launches)...)
}

// stopping reports whether nothing new begins: the run stops, is paused, or has ended.
func (s State) stopping() bool { return s.Paused || s.Stop != nil || s.Ended != "" }

// Finishing names the nodes in flight that are finished before a stop.
func (s State) Finishing() []inventory.NodeName {
	var names []inventory.NodeName
	for _, i := range s.Flight {
		if s.Lanes[s.Stage][i].Progress != Idle || finishing(s, i) {
			names = append(names, s.CurrentStage().Lanes[i].Node)
		}
	}
	return names
}

// halted reports whether a lane in hand, whose step at work has not begun, goes no
// further in this run.
func (s State) halted(i int) bool {
	l := s.Lanes[s.Stage][i]
	return s.stopping() && (!finishing(s, i) || l.Remedy != plan.RemedyNone)
}

// finishing reports whether a lane in hand goes on although nothing new may
// begin: a node that was touched is brought back and verified, and no more.
func finishing(s State, lane int) bool {
	return s.begun(lane) && (s.step(lane).Action.Verifies() || s.step(lane).Action.Mutates())
}

// begun reports whether a mutating step of the lane was ever begun, however it ended.
func (s State) begun(lane int) bool {
	begun, _ := mutated(s.Plan.Stages[s.Stage].Lanes[lane].Steps, s.Lanes[s.Stage][lane])
	return begun
}
