package orchestrator

import (
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// parkUnstaged parks the lanes of the stage at work whose nodes were parked
// while they were staged ahead.
func (s State) parkUnstaged() {
	parked := map[inventory.NodeName]Lane{}
	for i, st := range s.Plan.Stages[:s.Stage] {
		for k, l := range s.Lanes[i] {
			if st.Kind == plan.StageAhead && l.Phase == Parked {
				parked[st.Lanes[k].Node] = l
			}
		}
	}
	for i, l := range s.Lanes[s.Stage] {
		if ahead, yes := parked[s.AtWork().Lanes[i].Node]; yes && l.Phase == Pending {
			s.Lanes[s.Stage][i] = Lane{Phase: Parked, Report: ahead.Report, Since: ahead.Since}
		}
	}
}

// forgive lets nodes that were parked while they were staged ahead be tried
// once more: their own script fetches what is missing.
func (s State) forgive() {
	for i, st := range s.Plan.Stages[:min(s.Stage, len(s.Plan.Stages))] {
		for k, l := range s.Lanes[i] {
			if st.Kind == plan.StageAhead && l.Phase == Parked && l.Left == "" {
				s.Lanes[i][k] = Lane{}
			}
		}
	}
}
