package controller

import (
	"context"
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

// checkTask makes a task that asks a node's gates: its verification in the
// newest run, if that has a baseline of it. Without one nothing of ours has
// happened to it: no restart and no new Mesos is to be expected, and there is
// nothing that agents and tasks could be compared with.
func (c *Cluster) checkTask(ctx context.Context, n inventory.Node) (plan.Task, error) {
	runs, err := c.runs()
	if err != nil {
		return plan.Task{}, err
	}
	if _, s, err := runs.Latest(); err == nil {
		if t, ok := verification(s, n.Name); ok {
			return t, nil
		}
	}
	facts := patcher.Survey(ctx, hosts{c.pool}, c.inv)
	p := c.sketch(facts)
	p.TimeScale = c.inv.Rehearsal.TimeScale
	step := plan.Step{ID: plan.StepID("check/" + string(n.Name)), Node: n.Name, Action: plan.ActionPostflight, Gates: plan.VerifyGates(c.inv, n)}
	return plan.Task{Plan: p, Run: "check", Step: step, Attempt: 1}, nil
}

// applied reports whether a lane's node is known to have been changed, so that
// its verification can come to pass.
func applied(steps []plan.Step, l orchestrator.Lane) bool {
	at := slices.IndexFunc(steps, func(p plan.Step) bool { return p.Action.Mutates() })
	return l.Step > at || l.Report != nil && l.Report.Class == plan.NotStarted
}

// verification finds the node's verifying steps in a run, with the baseline
// that was taken there, once it is known to be patched.
func verification(s orchestrator.State, name inventory.NodeName) (plan.Task, bool) {
	if s.Plan == nil {
		return plan.Task{}, false
	}
	for i, st := range s.Plan.Stages {
		for k, ln := range st.Lanes {
			base := s.Lanes[i][k].Baseline
			if ln.Node != name || len(base) == 0 || !applied(ln.Steps, s.Lanes[i][k]) {
				continue
			}
			step := plan.Step{ID: plan.StepID("check/" + string(name)), Node: name, Action: plan.ActionServe}
			if st.Kind == plan.StageMasters && !s.Unfinished(i) { // nothing is expected to be red any more
				step.Action = plan.ActionDeferred
			}
			for _, p := range ln.Steps {
				if p.Action.Verifies() {
					step.Gates = append(step.Gates, p.Gates...)
					step.Timeout = max(step.Timeout, p.Timeout)
				}
			}
			return plan.Task{Plan: s.Plan, Run: s.Run, Step: step, Attempt: 1, Baseline: base, Left: s.Amiss()}, len(step.Gates) > 0
		}
	}
	return plan.Task{}, false
}
