package orchestrator

import (
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Verification is the node's verifying steps as one, with the baseline that was taken
// there, once it is known to be patched: for whoever asks its gates outside of the run.
func (s State) Verification(name inventory.NodeName) (plan.Task, bool) {
	for l := range s.lanesOf(name) {
		if len(l.Baseline) == 0 || !l.applied() {
			continue
		}
		step := plan.Step{ID: plan.StepID("check/" + string(name)), Node: name, Action: plan.ActionServe}
		if l.kind == plan.StageMasters && !s.Unfinished(l.stage) { // nothing is expected to be red any more
			step.Action = plan.ActionDeferred
		}
		for _, p := range l.steps {
			if p.Action.Verifies() {
				step.Gates = demanded(step.Gates, p.Gates)
				step.Timeout = max(step.Timeout, p.Timeout)
			}
		}
		return plan.Task{Plan: s.Plan, Run: s.Run, Step: step, Attempt: 1, Baseline: l.Baseline, ExemptAgents: s.UnverifiedAgents()}, len(step.Gates) > 0
	}
	return plan.Task{}, false
}

// demanded adds the gates of a later step. Where both ask a gate, the later step demands
// more of it (see gates.Gate.Return).
func demanded(all, later []plan.GateSpec) []plan.GateSpec {
	for _, g := range later {
		if i := slices.IndexFunc(all, func(have plan.GateSpec) bool { return have.Gate == g.Gate }); i >= 0 {
			all[i] = g
			continue
		}
		all = append(all, g)
	}
	return all
}

// applied reports whether the lane's node is known to have been changed, so that
// its verification can come to pass.
func (l laneAt) applied() bool {
	at := slices.IndexFunc(l.steps, func(p plan.Step) bool { return p.Action.Mutates() })
	return l.Step > at || l.Report != nil && l.Report.Class == plan.NotStarted
}
