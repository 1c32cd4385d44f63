package orchestrator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Failures are the steps that ended badly and that nobody has left behind: that of the stop
// first, then those of lanes that failed beside it.
func (s State) Failures() []plan.Step {
	var all []plan.Step
	if s.Stop != nil && s.Stop.Node != "" && s.LeftBehind(s.Stop.Node) == "" {
		all = append(all, plan.Step{ID: s.Stop.Step, Node: s.Stop.Node})
	}
	for l := range s.each() {
		if l.Phase == Broken && l.node != "" && l.ParkReason == "" && !slices.ContainsFunc(all, func(p plan.Step) bool { return p.Node == l.node }) {
			all = append(all, l.steps[l.Step])
		}
	}
	return all
}

// ClusterRed is what was wrong with the masters themselves as a run was left, if its stop
// is at an agent: without a working leader no agent can be verified, and none is to blame.
func (s State) ClusterRed() string {
	if s.Look == nil || s.Look.Green || s.Stop == nil || s.Stop.Node == "" || s.node(s.Stop.Node).Role == dcos.Master {
		return ""
	}
	var red []string
	for _, q := range s.Look.Quorums {
		if len(q.Serving) < q.Size {
			red = append(red, fmt.Sprintf("%s %d/%d serve%s", q.Name, len(q.Serving), q.Size, q.Waits()))
		}
	}
	for _, f := range s.Look.Findings {
		if f.Check == "leader" && !f.Status.OK() {
			red = append(red, f.Observed)
		}
	}
	return strings.Join(red, "; ")
}

// StoppedAt is the run as if it had stopped at one of the steps that failed.
func (s State) StoppedAt(st plan.Step) State {
	if st.Node == s.Stop.Node {
		return s
	}
	stop := *s.Stop
	stop.Step, stop.Node, stop.Reason, stop.Detail = st.ID, st.Node, journal.StopFailed, ""
	if r := s.ReportOf(st.ID); r != nil {
		stop.Detail = r.Detail
		if r.Outcome == plan.InDoubt {
			stop.Reason = journal.StopInDoubt
		}
	}
	s.Stop = &stop
	return s
}

// LaneOf finds the lane of a step, in the plan and in the state; nil when the
// run has none.
func (s State) LaneOf(id plan.StepID) (plan.Lane, *Lane) {
	for l := range s.each() {
		if slices.ContainsFunc(l.steps, func(p plan.Step) bool { return p.ID == id }) {
			return plan.Lane{Node: l.node, Steps: l.steps}, l.Lane
		}
	}
	return plan.Lane{}, nil
}

// ReportOf is the last report of a step's lane; nil: there is none.
func (s State) ReportOf(id plan.StepID) *plan.Report {
	if _, l := s.LaneOf(id); l != nil {
		return l.Report
	}
	return nil
}

// lateGate is the first gate that did not hold at the step of the stop.
func (s State) lateGate() string {
	if s.Plan == nil {
		return ""
	}
	r := s.ReportOf(s.Stop.Step)
	if r == nil {
		return ""
	}
	for _, f := range r.Silent.Fold(r.Findings) {
		if !f.Status.OK() {
			return f.Check
		}
	}
	return ""
}

// WhyLeft is why a node was left behind: what a person said, or its last step.
func (s State) WhyLeft(node inventory.NodeName) string {
	if why := s.LeftBehind(node); why != "" {
		return why
	}
	why := "no reason is known"
	for l := range s.lanesOf(node) {
		if l.Report != nil && (l.Phase == Parked || l.Phase == Broken) {
			why = l.Report.Detail
		}
	}
	return why
}

// Suspects are the nodes whose swap of packages may be cut: those that are known
// to be, and those of which nobody knows how their script ended.
func (s State) Suspects() []inventory.NodeName {
	nodes := s.Finishable()
	doubt := s.InDoubt()
	for _, st := range s.Owed() {
		doubt = append(doubt, st.Node)
	}
	for _, n := range doubt {
		if !slices.Contains(nodes, n) {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// CutSwap is what is known of a swap of packages that was cut on a node.
func (s State) CutSwap(node inventory.NodeName) string {
	for l := range s.lanesOf(node) {
		if l.Report != nil && l.Report.Class == plan.MidSwap {
			return l.Report.Detail
		}
	}
	return "its swap was being finished"
}
