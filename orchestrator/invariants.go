package orchestrator

import (
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/safety"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Violations lists the safety rules (DESIGN: invariants 1 to 3, and 5 for launch probes) that a state
// breaks; none for a state that Next can reach. The same predicates are used
// by the properties, by the search and, as a live monitor, before every
// decision.
func Violations(s State) []string {
	c := safety.Cluster{Nodes: changesLeft(s), Owes: true}
	st := s.CurrentStage()
	if st == nil {
		return c.Always()
	}
	c.Staged, c.Width, c.Flying, c.Agents = true, s.width(), len(s.Flight), st.Kind == plan.StageCanary || st.Kind == plan.StageGroup
	for _, i := range s.Flight {
		if name := st.Lanes[i].Node; s.node(name).Role == dcos.Master && s.begun(i) {
			c.Nodes = append(c.Nodes, safety.Node{Name: string(name), Master: true, Taken: true})
		}
	}
	if c.Agents {
		for l := range s.each(plan.StageMasters) {
			c.Nodes = append(c.Nodes, safety.Node{Name: string(l.node), Master: true, Owed: true, Verified: l.Phase == Verified})
		}
	}
	return append(c.Always(), unknownRemedies(s)...)
}

// changesLeft finds lanes that have gone on from a step whose temporary change may
// be there still: success leaves none behind.
func changesLeft(s State) []safety.Node {
	var nodes []safety.Node
	for _, o := range s.ledger {
		if !o.ID.Spec().Temporary {
			continue
		}
		for _, name := range o.Nodes {
			for l := range s.lanesOf(name) {
				opens := slices.IndexFunc(l.steps, func(p plan.Step) bool { return p.Action.Spec().Owes == o.ID })
				if opens >= 0 && l.Step > opens {
					nodes = append(nodes, safety.Node{Name: string(name), Leaves: "the " + o.What, GoneOn: true})
				}
			}
		}
	}
	return nodes
}
