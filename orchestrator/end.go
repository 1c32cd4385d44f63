package orchestrator

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// parkLimit is the share of a stage's lanes, in percent, that may fail before
// anything was stopped on them; above it the line stops.
const parkLimit = 5

// endStep folds how a step ended, by its own report or by a reconciliation.
func endStep(s State, e journal.Event) State {
	i, ok := s.find(e.Step)
	if !ok || e.Report == nil {
		return disagree(s, fmt.Sprintf("%s ended out of its turn", e.Step))
	}
	l := &s.Lanes[s.Stage][i]
	looked := e.Kind == journal.Reconciled
	if looked != (l.Progress == Doubt) || !looked && l.Progress != Started {
		return disagree(s, fmt.Sprintf("%s ended without having started", e.Step))
	}
	s = noMoreAway(s, e)
	delete(s.Findings, e.Step)
	s = closeFor(s, s.step(i), *e.Report)
	before, remedy := l.Report, l.Remedy
	l.Report, l.Since = e.Report, e.At
	if out := e.Report.Outcome; s.step(i).Action.Mutates() && (out == plan.Done || out == plan.Failed) {
		l.now(func(n *StepState) { n.Ran = Ran{e.At, e.Report.Detail} })
	}
	if remedy != plan.RemedyNone && e.Report.Outcome == plan.NotRun {
		return remedyAgain(s, i, e)
	}
	mends := looked && s.mends(i, *e.Report)
	if l.Remedy = plan.RemedyNone; remedy != plan.RemedyNone || looked && !mends {
		s = s.approvalUsed(s.step(i).Node)
	}
	switch e.Report.Outcome {
	case plan.Done:
		return advance(s, i, e)
	case plan.NotRun:
		if looked {
			return readmit(s, i, e)
		}
		return notRun(s, i, e)
	case plan.Running:
		if !looked {
			return stopLane(s, i, e, journal.StopInDoubt)
		}
		l.Progress = Idle
		l.now(func(n *StepState) { n.Adopt = true })
		return s
	case plan.Failed:
		if looked && e.Report.Class == plan.BeforeSwap {
			l.now(func(n *StepState) { n.Tries++ }) // proved to be over and harmless: one more attempt
			return readmit(s, i, e)
		}
		if mends {
			return mend(s, i, e)
		}
		if looked && e.Report.Class == plan.NotStarted && repairedByOperator(before) {
			return advance(s, i, e)
		}
		return failLane(s, i, e)
	default:
		return stopLane(s, i, e, journal.StopInDoubt)
	}
}

// lateLimit is how many launches in a row may be refused as too late, or be
// called off, before the lane counts as failed.
const lateLimit = 3

// notRun sends a lane whose launch is proved to start nothing back to wait: the
// proof that it was launched on is old already.
func notRun(s State, lane int, e journal.Event) State {
	if !s.step(lane).Action.Mutates() {
		return stopLane(s, lane, e, journal.StopInDoubt)
	}
	l := &s.Lanes[s.Stage][lane]
	if l.now(func(n *StepState) { n.Late++ }); l.Now().Late < lateLimit {
		return readmit(s, lane, e)
	}
	rep := *e.Report
	rep.Outcome, rep.Class = plan.Failed, plan.BeforeSwap
	rep.Detail = fmt.Sprintf("launched %d times in vain: %s", l.Now().Late, rep.Detail)
	l.Report, e.Report = &rep, &rep
	return failLane(s, lane, e)
}

// repairedByOperator reports whether a person was told, at an earlier stop, to finish what
// the script left undone. Its exit code stays what it was, so that with the
// target's packages active the verification must say whether all is well.
func repairedByOperator(before *plan.Report) bool {
	return before != nil && before.Outcome == plan.Failed && (before.Class == plan.NotStarted || before.Class == plan.MidSwap)
}

// advance makes the lane's next step the one at work, or ends the lane.
func advance(s State, lane int, e journal.Event) State {
	l := &s.Lanes[s.Stage][lane]
	if s.step(lane).Action.Spec().Baseline {
		l.Baseline, l.Deactivated = e.Report.Evidence, e.Report.Deactivated
	}
	steps := s.Plan.Stages[s.Stage].Lanes[lane].Steps
	if l.Step+1 < len(steps) {
		if l.Now().Adopt {
			l.now(func(n *StepState) { n.Adopt = false }) // it has ended
		}
		l.Step, l.Progress = l.Step+1, Idle
		if r := e.Report.Ready; r != nil {
			l.Ready, l.ReadyAt = r, e.At
		}
		if l.Ready != nil && s.step(lane).Action.Spec().Disrupts {
			l.now(func(n *StepState) { n.Adopt = l.Ready.Adopt })
		}
		if s.unproved(lane) {
			s = disturb(s, e)
		}
		return s
	}
	l.Phase, l.Progress = Verified, Idle
	return leave(s, lane, e)
}

// failLane counts a failure against the stage's budget.
func failLane(s State, lane int, e journal.Event) State {
	st := s.CurrentStage()
	l := &s.Lanes[s.Stage][lane]
	untouched := st.Kind == plan.StageAhead || st.Kind == plan.StageGroup && e.Report.Class == plan.BeforeSwap
	if s.node(st.Lanes[lane].Node).Role.IsAgent() && untouched {
		if 100*(s.parkedByItself()+1) > parkLimit*len(st.Lanes) {
			return stopLane(s, lane, e, journal.StopFailed)
		}
		l.Phase = Parked
		return leave(s, lane, e)
	}
	l.Phase = Broken
	if s.failures() > st.MaxFailures {
		return stopLane(s, lane, e, journal.StopFailed)
	}
	return leave(s, lane, e)
}

// count tells how many lanes of the stage at work are in a phase.
func (s State) count(p Phase) int {
	n := 0
	for _, l := range s.Lanes[s.Stage] {
		if l.Phase == p {
			n++
		}
	}
	return n
}

// parkedByItself tells how many lanes of the stage at work were parked without
// a person's word.
func (s State) parkedByItself() int {
	n := 0
	for _, l := range s.Lanes[s.Stage] {
		if l.Phase == Parked && l.ParkReason == "" {
			n++
		}
	}
	return n
}

// stopLane ends a lane and, with it, the line: the lanes in flight finish, and
// nothing is admitted.
func stopLane(s State, lane int, e journal.Event, why journal.StopReason) State {
	s.Lanes[s.Stage][lane].Phase = Broken
	st := s.step(lane)
	if s.Stop == nil {
		s.Stop = &journal.Stop{Reason: why, Step: st.ID, Node: st.Node, Detail: e.Report.Detail}
	}
	return leave(s, lane, e)
}

// readmit sends a lane that was not touched back to wait for a fresh proof and
// a fresh baseline.
func readmit(s State, lane int, e journal.Event) State {
	l := &s.Lanes[s.Stage][lane]
	*l = l.fresh()
	s = disturb(s, e)
	return enter(s, s.Stage)
}

// leave takes a lane out of the window, and ends the stage with its last lane.
func leave(s State, lane int, e journal.Event) State {
	l := &s.Lanes[s.Stage][lane]
	l.Since = e.At
	s.Flight = slices.DeleteFunc(slices.Clone(s.Flight), func(i int) bool { return i == lane })
	s = disturb(s, e)
	if s.Stop == nil && len(s.Flight) == 0 && len(s.pending) == 0 {
		return enter(s, s.Stage+1)
	}
	return s
}
