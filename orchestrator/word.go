package orchestrator

import (
	"github.com/dcos-patch/dcos-patch/journal"
)

// Words for the state of a run. That one has lost its controller is not in its
// journal: ControllerGone is for who can see it.
const (
	NotBegun       = "not begun"
	Abandoned      = "abandoned" // ended unfinished, by hand
	LeftBehind     = "parked"    // done, but for nodes that were left behind
	Staged         = "staged"
	Done           = "done"
	TakenOver      = "taken over"
	Finishing      = "finishing" // the lanes in flight are
	Doubtful       = "in doubt"
	Interrupted    = "interrupted"
	Stopped        = "stopped"
	Holding        = "hold"
	Running        = "running"
	ControllerGone = "controller gone" // it has not ended, and nobody runs it
)

// Word is the state of the run in a word.
func (s State) Word() string {
	switch {
	case s.Plan == nil:
		return NotBegun
	case s.Ended == journal.RunAbandoned:
		return Abandoned
	case s.Ended == journal.RunDone && len(s.Skipped()) > 0:
		return LeftBehind
	case s.Ended == journal.RunDone && s.Plan.StagesOnly():
		return Staged
	case s.Ended == journal.RunDone:
		return Done
	case s.TakenOver():
		return TakenOver
	case s.Ended == "" && (s.Stop != nil || s.Paused):
		return Finishing
	case s.Stop != nil && s.Stop.Reason == journal.StopInDoubt:
		return Doubtful
	case s.Stop != nil && s.Stop.Reason == journal.StopInterrupted:
		return Interrupted
	case s.Stop != nil:
		return Stopped
	case s.HoldsFor() != "":
		return Holding
	default:
		return Running
	}
}

// TakenOver reports whether another controller has the run.
func (s State) TakenOver() bool {
	return s.Stop != nil && s.Stop.Reason == journal.StopTakenOver
}

// Over reports whether nobody needs what a run has left: it is done, or it
// never came to touch anything.
func (s State) Over() bool {
	return s.Ended == journal.RunDone || s.Ended == journal.RunAbandoned || s.Ended != "" && !s.Begun()
}

// Kept reports whether a run that has ended keeps its lock.
func (s State) Kept() bool {
	return s.Ended != journal.RunDone && s.Begun() || s.TakenOver()
}

// Tells reports whether a run has stopped at a node that has something to tell of it.
func (s State) Tells() bool {
	if s.Plan == nil || s.Ended != journal.RunStopped || s.Stop == nil || s.Stop.Node == "" || s.TakenOver() {
		return false
	}
	return s.Stop.Reason != journal.StopInterrupted || s.DoubtfulEnd()
}

// DoubtfulEnd reports whether it is not known how a step of a stopped run ended:
// a script may still run.
func (s State) DoubtfulEnd() bool {
	return s.Stop != nil && (s.Stop.Reason == journal.StopInDoubt || s.Stop.Reason == journal.StopInterrupted && len(s.Owed()) > 0)
}
