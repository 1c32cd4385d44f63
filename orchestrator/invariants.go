package orchestrator

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Violations lists the safety rules (DESIGN: invariants 1 to 3, and 5 for launch probes) that a state
// breaks; none for a state that Next can reach. The same predicates are used
// by the properties, by the search and, as a live monitor, before every
// decision.
func Violations(s State) []string {
	bad := changesLeft(s)
	st := s.CurrentStage()
	if st == nil {
		return bad
	}
	if w := s.width(); len(s.Flight) > w {
		bad = append(bad, fmt.Sprintf("%d lanes in flight in stage %s, width %d", len(s.Flight), st.ID, w))
	}
	bad = append(bad, unknownRemedies(s)...)
	out := 0
	for _, i := range s.Flight {
		if s.node(st.Lanes[i].Node).Role == dcos.Master && s.begun(i) {
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

// changesLeft finds lanes that have gone on from a step whose temporary change may
// be there still: success leaves none behind.
func changesLeft(s State) []string {
	var bad []string
	for _, o := range s.ledger {
		if !o.ID.Spec().Temporary {
			continue
		}
		for _, name := range o.Nodes {
			for l := range s.lanesOf(name) {
				opens := slices.IndexFunc(l.steps, func(p plan.Step) bool { return p.Action.Spec().Owes == o.ID })
				if opens >= 0 && l.Step > opens {
					bad = append(bad, fmt.Sprintf("%s has gone on from %s, and the %s may be left", l.node, l.steps[opens].ID, o.What))
				}
			}
		}
	}
	return bad
}

// agentsBeforeMasters finds masters that are not verified although agents are
// at work.
func agentsBeforeMasters(s State) []string {
	var bad []string
	for l := range s.each(plan.StageMasters) {
		if l.Phase != Verified {
			bad = append(bad, fmt.Sprintf("master %s is %s while agents are at work", l.node, l.Phase))
		}
	}
	return bad
}
