package orchestrator

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Violations lists the safety rules (DESIGN: invariants 1 to 3) that a state
// breaks; none for a state that Next can reach. The same predicates are used
// by the properties, by the search and, as a live monitor, before every
// decision.
func Violations(s State) []string {
	st := s.AtWork()
	if st == nil {
		return nil
	}
	var bad []string
	if len(s.Flight) > st.Width {
		bad = append(bad, fmt.Sprintf("%d lanes in flight in stage %s, width %d", len(s.Flight), st.ID, st.Width))
	}
	out := 0
	for _, i := range s.Flight {
		if s.node(st.Lanes[i].Node).Role == dcos.Master && s.touched(i) {
			out++
		}
	}
	if out > 1 {
		bad = append(bad, fmt.Sprintf("%d masters out because of us", out))
	}
	if st.Kind == plan.StageCanary || st.Kind == plan.StageGroup {
		bad = append(bad, agentsBeforeMasters(s)...)
	}
	return bad
}

// agentsBeforeMasters finds masters that are not verified although agents are
// at work.
func agentsBeforeMasters(s State) []string {
	var bad []string
	for k := range s.Plan.Stages {
		if s.Plan.Stages[k].Kind != plan.StageMasters {
			continue
		}
		for i, l := range s.Lanes[k] {
			if l.Phase != Verified {
				bad = append(bad, fmt.Sprintf("master %s is %s while agents are at work", s.Plan.Stages[k].Lanes[i].Node, l.Phase))
			}
		}
	}
	return bad
}
