package controller

import (
	"context"

	"github.com/dcos-patch/dcos-patch/inventory"
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
	_, s, err := runs.Latest()
	if err != nil {
		return plan.Task{}, err
	}
	if t, ok := s.Verification(n.Name); ok {
		return t, nil
	}
	facts := patcher.Survey(ctx, hosts{c.pool}, c.inv)
	p := c.sketch(facts)
	p.TimeScale = c.inv.Rehearsal.TimeScale
	step := plan.Step{ID: plan.StepID("check/" + string(n.Name)), Node: n.Name, Action: plan.ActionPostflight, Gates: plan.VerifyGates(c.inv, n)}
	return plan.Task{Plan: p, Run: "check", Step: step, Attempt: 1}, nil
}
