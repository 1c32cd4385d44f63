package orchestrator

import (
	"time"
)

// HoldsFor is why nothing is admitted at the moment although nobody has stopped the run;
// empty when nothing is in the way. An agent that is away holds the line also where no lane
// is left to admit.
func (s State) HoldsFor() string {
	if !s.HeldSince.IsZero() {
		return s.HeldWhy
	}
	for _, why := range sorted(s.away) {
		return why
	}
	return ""
}

// Remaining is how long the rest of the run takes by the plan's estimates: of the stage at
// work the share of its lanes that have not ended.
func (s State) Remaining() time.Duration {
	var left time.Duration
	if s.Plan == nil {
		return 0
	}
	for i := s.Stage; i < len(s.Plan.Stages); i++ {
		st := s.Plan.Stages[i]
		if i > s.Stage || len(st.Lanes) == 0 {
			left += st.Estimate.D()
			continue
		}
		open := 0
		for _, l := range s.Lanes[i] {
			if l.Phase == Pending || l.Phase == Admitted {
				open++
			}
		}
		left += st.Estimate.D() * time.Duration(open) / time.Duration(len(st.Lanes))
	}
	return left
}
