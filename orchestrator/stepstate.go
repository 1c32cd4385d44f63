package orchestrator

import (
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/plan"
)

// StepState is what is known of one step of a lane that may change its node.
// Each such step has its own attempts and its own end.
type StepState struct {
	Step  int  // index in the lane
	Tries int  // attempts that are proved to be over and harmless
	Late  int  // launches in a row that started nothing, since the lane was first admitted or the run resumed
	Adopt bool // it was found running on the node: starting it again adopts it
	Ran   Ran  // how it is known to have ended, if it has
}

// Ran is how a step ended, as its report or a reconciliation has it.
type Ran struct {
	At     time.Time // of the report: the step may have ended before
	Detail string
}

// Now is the state of the lane's step at work.
func (l Lane) Now() StepState {
	for _, s := range l.States {
		if s.Step == l.Step {
			return s
		}
	}
	return StepState{Step: l.Step}
}

// now changes the state of the step at work.
func (l *Lane) now(change func(*StepState)) {
	s := l.Now()
	change(&s)
	l.States = slices.DeleteFunc(slices.Clone(l.States), func(o StepState) bool { return o.Step == l.Step })
	l.States = append(l.States, s)
	slices.SortFunc(l.States, func(a, b StepState) int { return a.Step - b.Step })
}

// fresh is a lane that begins again: of its steps, their attempts alone count.
func (l Lane) fresh() Lane {
	var states []StepState
	for _, s := range l.States {
		if s.Tries > 0 || s.Late > 0 {
			states = append(states, StepState{Step: s.Step, Tries: s.Tries, Late: s.Late})
		}
	}
	return Lane{States: states}
}

// inTime is the lane, which begins again, with no launch counted as late.
func (l Lane) inTime() Lane {
	for i := range l.States {
		l.States[i].Late = 0
	}
	return l
}

// Attempt numbers the attempts at a lane's work: at the step itself where that may
// change its node, else the highest of its steps.
func (l Lane) Attempt(st plan.Step) int {
	if st.Action.Mutates() {
		return l.Now().Tries + 1
	}
	most := 0
	for _, s := range l.States {
		most = max(most, s.Tries)
	}
	return most + 1
}

// LastRan is how the last step that may have changed the node ended.
func (l Lane) LastRan() (StepState, bool) {
	for _, s := range slices.Backward(l.States) {
		if s.Ran.Detail != "" {
			return s, true
		}
	}
	return StepState{}, false
}
