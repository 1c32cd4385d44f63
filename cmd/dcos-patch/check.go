package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

func (a *app) checkCommand() *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use:   "check NODE",
		Short: "Ask one node's gates now: the first blocking fact, or green",
		Long: `check looks whether anything is under way on the node, a patch or a swap that was
cut short, and asks the gates of its verification once: against the baseline that the
newest run took of it, or, before its patch, whether it is healthy as it is. It changes
nothing. With --wait it goes on until all hold for as long as a run would demand, or
its patience ends.`,
		Args: oneArg("a node of the inventory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.check(cmd.Context(), inventory.NodeName(args[0]), wait)
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until every gate holds")
	return cmd
}

func (a *app) check(ctx context.Context, name inventory.NodeName, wait bool) error {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	inv, err := loadInventory(a.inventory)
	if err != nil {
		return err
	}
	n, ok := inv.Node(name)
	if !ok {
		return invalid("%s is not in %s", name, a.inventory)
	}
	s, err := a.open(inv)
	if err != nil {
		return err
	}
	defer s.close()
	task, err := a.checkTask(ctx, s, n)
	if err != nil {
		return err
	}
	k := &checking{app: a, session: s, node: name, task: task}
	if !wait {
		return k.once(ctx)
	}
	return k.until(ctx)
}

// checkTask makes a task that asks a node's gates: its verification in the
// newest run, if that has a baseline of it. Without one nothing of ours has
// happened to it: no restart and no new Mesos is to be expected, and there is
// nothing that agents and tasks could be compared with.
func (a *app) checkTask(ctx context.Context, s *session, n inventory.Node) (plan.Task, error) {
	store, err := a.stores(clusterOf(s.inv))
	if err != nil {
		return plan.Task{}, err
	}
	if _, st, err := latest(store); err == nil {
		if t, ok := verification(st, n.Name); ok {
			return t, nil
		}
	}
	facts := patcher.Survey(ctx, hosts{s.pool}, s.inv)
	p := s.sketch(facts)
	p.TimeScale = s.inv.Rehearsal.TimeScale
	step := plan.Step{ID: plan.StepID("check/" + string(n.Name)), Node: n.Name, Action: plan.ActionPostflight, Gates: plan.VerifyGates(s.inv, n)}
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
