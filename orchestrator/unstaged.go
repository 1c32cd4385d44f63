package orchestrator

import (
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// parkUnstaged parks the lanes of the stage at work whose nodes were parked
// while they were staged ahead.
func (s State) parkUnstaged() {
	parked := map[inventory.NodeName]Lane{}
	for l := range s.each() {
		if l.stage < s.Stage && l.kind == plan.StageAhead && l.Phase == Parked {
			parked[l.node] = *l.Lane
		}
	}
	for i, l := range s.Lanes[s.Stage] {
		if ahead, yes := parked[s.CurrentStage().Lanes[i].Node]; yes && l.Phase == Pending {
			s.Lanes[s.Stage][i] = Lane{Phase: Parked, Report: ahead.Report, Since: ahead.Since}
		}
	}
}

// retryUnstaged lets nodes that were parked while they were staged ahead be tried
// once more: their own script fetches what is missing.
func (s State) retryUnstaged() {
	for l := range s.each() {
		if l.stage < s.Stage && l.kind == plan.StageAhead && l.Phase == Parked && l.ParkReason == "" {
			*l.Lane = Lane{}
		}
	}
}
