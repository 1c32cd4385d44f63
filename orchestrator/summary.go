package orchestrator

import (
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Tally counts nodes by what became of them. Every node of the plan is counted
// once.
type Tally struct {
	Nodes     int `json:"nodes"`
	Verified  int `json:"verified"`
	InFlight  int `json:"in_flight"`
	InDoubt   int `json:"in_doubt"` // nobody knows how a step of theirs ended
	Failed    int `json:"failed"`
	Parked    int `json:"parked"`
	Untouched int `json:"untouched"`
	AtTarget  int `json:"at_target"`
	Excluded  int `json:"excluded"`
}

// Plus adds two tallies.
func (t Tally) Plus(o Tally) Tally {
	return Tally{t.Nodes + o.Nodes, t.Verified + o.Verified, t.InFlight + o.InFlight, t.InDoubt + o.InDoubt, t.Failed + o.Failed,
		t.Parked + o.Parked, t.Untouched + o.Untouched, t.AtTarget + o.AtTarget, t.Excluded + o.Excluded}
}

// Tallies gives the tally of masters and of agents.
func (s State) Tallies() (masters, agents Tally) {
	if s.Plan == nil {
		return
	}
	phase, doubt := s.phases(), s.InDoubt()
	for _, n := range s.Plan.Nodes {
		t := &agents
		if n.Role == dcos.Master {
			t = &masters
		}
		t.Nodes++
		ph, planned := phase[n.Name]
		switch {
		case n.Disposition == plan.AtTarget:
			t.AtTarget++
		case n.Disposition == plan.Excluded:
			t.Excluded++
		case !planned || ph == Pending:
			t.Untouched++
		case ph == Verified:
			t.Verified++
		case ph == Parked:
			t.Parked++
		case ph == Broken && slices.Contains(doubt, n.Name):
			t.InDoubt++
		case ph == Broken:
			t.Failed++
		default:
			t.InFlight++
		}
	}
	return masters, agents
}

// InDoubt names the nodes of lanes that ended without anybody knowing how, in
// the plan's order of lanes.
func (s State) InDoubt() []inventory.NodeName {
	return s.nodes(func(l laneAt) bool {
		return l.disrupts() && l.Phase == Broken && l.Report != nil && l.Report.Outcome == plan.InDoubt
	})
}

// phases maps nodes to the phase of their disruptive lane. A node that could
// not be staged ahead is parked until, or unless, that lane says otherwise.
func (s State) phases() map[inventory.NodeName]Phase {
	m := map[inventory.NodeName]Phase{}
	for l := range s.each() {
		switch {
		case l.kind == plan.StageAhead && l.Phase == Parked:
			m[l.node] = Parked
		case !l.disrupts(), l.Phase == Pending && m[l.node] == Parked:
		case l.Phase == Admitted && l.touched() && verifiedBy(l.steps, *l.Lane):
			m[l.node] = Verified // what is left of its lane is waiting
		case l.Phase == Admitted && s.stopping() && l.Progress != Started && !l.touched():
			m[l.node] = Pending // it was made ready, and does not go on
		default:
			m[l.node] = l.Phase
		}
	}
	return m
}
