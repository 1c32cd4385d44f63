package orchestrator

import (
	"iter"
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// places are where a plan has a node, and its lanes in their order.
type places struct {
	node  int      // in Plan.Nodes
	lanes [][2]int // stage and lane
}

func indexed(p *plan.Plan) map[inventory.NodeName]places {
	index := make(map[inventory.NodeName]places, len(p.Nodes))
	for i, n := range p.Nodes {
		index[n.Name] = places{node: i}
	}
	for i, st := range p.Stages {
		for k, l := range st.Lanes {
			if at, ok := index[l.Node]; ok {
				at.lanes = append(at.lanes, [2]int{i, k})
				index[l.Node] = at
			}
		}
	}
	return index
}

// laneAt is a lane of the plan with its state.
type laneAt struct {
	kind        plan.StageKind
	stage, lane int
	node        inventory.NodeName
	steps       []plan.Step
	*Lane
}

// disrupts reports whether lanes of the stage take their nodes out.
func (l laneAt) disrupts() bool { return disruptive(l.kind) }

// touched reports whether a mutating step of the lane was started and is not
// proved to have been harmless.
func (l laneAt) touched() bool {
	harmless := l.Report != nil && l.Report.Outcome == plan.Failed && l.Report.Class == plan.BeforeSwap
	begun, past := mutated(l.steps, *l.Lane)
	return l.disrupts() && (past || begun && !harmless)
}

// unverified reports whether the lane's node was patched, or may have been, and is
// not verified.
func (l laneAt) unverified() bool { return l.Phase != Verified && l.touched() }

// each yields every lane of the run, in the plan's order: all, or those of stages
// of the kinds. A plan has ten thousand agents: what is asked at every event names kinds.
func (s State) each(kinds ...plan.StageKind) iter.Seq[laneAt] {
	return func(yield func(laneAt) bool) {
		for i := range s.Lanes {
			st := &s.Plan.Stages[i]
			if len(kinds) > 0 && !slices.Contains(kinds, st.Kind) {
				continue
			}
			for k := range s.Lanes[i] {
				if !yield(s.laneAt(i, k)) {
					return
				}
			}
		}
	}
}

func (s State) laneAt(stage, lane int) laneAt {
	st := &s.Plan.Stages[stage]
	return laneAt{st.Kind, stage, lane, st.Lanes[lane].Node, st.Lanes[lane].Steps, &s.Lanes[stage][lane]}
}

// lanesOf yields the lanes of a node, in the plan's order.
func (s State) lanesOf(name inventory.NodeName) iter.Seq[laneAt] {
	return func(yield func(laneAt) bool) {
		for _, at := range s.index[name].lanes {
			if !yield(s.laneAt(at[0], at[1])) {
				return
			}
		}
	}
}

// nodes are those of the lanes that fit.
func (s State) nodes(fits func(laneAt) bool) []inventory.NodeName {
	var names []inventory.NodeName
	for l := range s.each() {
		if fits(l) {
			names = append(names, l.node)
		}
	}
	return names
}

// any reports whether a lane fits.
func (s State) any(fits func(laneAt) bool) bool {
	for l := range s.each() {
		if fits(l) {
			return true
		}
	}
	return false
}
