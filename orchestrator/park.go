package orchestrator

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// park leaves an agent behind on a person's word, whatever became of its lane:
// it stays as it is, and no resume takes it up again. A master is never left
// behind: another can be taken only when it is back.
func park(s State, e journal.Event) State {
	switch {
	case s.Plan == nil || !s.node(e.Node).Role.IsAgent():
		return disagree(s, fmt.Sprintf("%s was parked, and is no agent of the plan", e.Node))
	case e.Detail == "":
		return disagree(s, fmt.Sprintf("%s was parked without a reason", e.Node))
	}
	for l := range s.lanesOf(e.Node) {
		if l.Phase != Verified {
			l.Phase, l.ParkReason, l.Since = Parked, e.Detail, e.At
			s = s.without(l.stage, l.lane)
		}
	}
	return s
}

// without takes a lane out of the window of the stage at work.
func (s State) without(stage, lane int) State {
	if stage == s.Stage {
		this := func(i int) bool { return i == lane }
		s.Flight = slices.DeleteFunc(slices.Clone(s.Flight), this)
		s.pending = slices.DeleteFunc(slices.Clone(s.pending), this)
	}
	return s
}

// Parkable says why a node cannot be left behind; empty when it can.
func (s State) Parkable(node inventory.NodeName) string {
	n := s.node(node)
	switch {
	case n.Name == "":
		return "it is not a node of the plan"
	case !n.Role.IsAgent():
		return "it is a master: no other may be taken until it is back, and no agent be patched"
	case n.Disposition != plan.Patch:
		return fmt.Sprintf("this run does not patch it: it is %s", n.Disposition)
	}
	switch phase := s.phases()[node]; {
	case phase == Verified:
		return "it is patched and verified"
	case phase == Parked && s.LeftBehind(node) != "":
		return "it was left behind already: " + s.LeftBehind(node)
	}
	return ""
}

// Unverified reports whether a node was patched, or may have been, and is not
// verified.
func (s State) Unverified(node inventory.NodeName) bool {
	for l := range s.lanesOf(node) {
		if l.unverified() {
			return true
		}
	}
	return false
}

// VerifiedNodes are those whose lanes were verified.
func (s State) VerifiedNodes() []inventory.NodeName {
	return s.nodes(func(l laneAt) bool { return l.disrupts() && l.Phase == Verified })
}

// LeftBehind is why a person left a node behind; empty: nobody did.
func (s State) LeftBehind(node inventory.NodeName) string {
	for l := range s.lanesOf(node) {
		if l.ParkReason != "" {
			return l.ParkReason
		}
	}
	return ""
}

// width is how many lanes of the stage at work may be in flight. A group whose
// canary was left behind is proved by the first of its other nodes, alone.
func (s State) width() int {
	st := s.CurrentStage()
	if st.Kind != plan.StageGroup || !s.canaryLeft(st.Group) || slices.ContainsFunc(s.Lanes[s.Stage], func(l Lane) bool { return l.Phase == Verified }) {
		return st.Width
	}
	return 1
}

// canaryLeft reports whether the canary of a group was left behind by a person.
func (s State) canaryLeft(group string) bool {
	for l := range s.each(plan.StageCanary) {
		if l.ParkReason != "" && s.node(l.node).Group == group {
			return true
		}
	}
	return false
}
