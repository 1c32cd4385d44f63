package orchestrator

import (
	"iter"
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

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
func (l laneAt) touched() bool { return l.disrupts() && touchedAt(l.steps, *l.Lane) }

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
				if !yield(laneAt{st.Kind, i, k, st.Lanes[k].Node, st.Lanes[k].Steps, &s.Lanes[i][k]}) {
					return
				}
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
