package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

type resumeFlags struct {
	run         string
	fromCluster bool
	planID      string
	finishSwap  bool
	accept      acceptFlags
}

func (a *app) resumeCommand() *cobra.Command {
	var f resumeFlags
	cmd := &cobra.Command{
		Use:   "resume",
		Short: "Go on with a run that stopped, was interrupted, or lost its controller",
		Long: `resume takes the newest run of the cluster that has not ended. Steps in doubt are
looked at on their nodes before anything is done, and the last touched master is
verified again first. A script that ran is not run again.

A node whose script died in the middle of its swap of packages (class mid-swap) is out until
the swap is finished. On a terminal resume asks for each such node whether to do that;
--finish-swap approves it for all of them. It goes forward only, refuses what is not the whole
target, and on a master wants a proof that the others can spare it. The gates decide afterwards.

An agent that came back under another id, or a task that ended with its agent, never
comes back, and the run stops there again. --accept-lost NODE accepts what the last
report of that agent says is lost, and no more: who did so and why stands in the journal,
in status and at the end. In each group (and for its canary) that may be done for as many agents as
max_failures lets fail, and for one in any case; each counts as such a failure.

With --from-cluster it goes on with a run that began on another machine, from the
copies that the masters hold, once its lock was given back or broken (lock break).
A copy is believed as far as a majority of the masters hold it alike, or if its plan is
the one of --plan-id or of this machine. Gates, policy and target must be those of the
inventory here.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.resume(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.run, "run", "", "the `run`, when not the newest")
	cmd.Flags().BoolVar(&f.fromCluster, "from-cluster", false, "take the run from the masters: it began on another machine")
	cmd.Flags().StringVar(&f.planID, "plan-id", "", "with --from-cluster: the `id` of the plan that was approved; any other is refused")
	cmd.Flags().BoolVar(&f.finishSwap, "finish-swap", false, "finish the swap of nodes whose script died in its middle, without asking")
	cmd.Flags().Bool("yes", false, "accepted for jobs; it approves nothing")
	cmd.Flags().StringArrayVar(&f.accept.lost, "accept-lost", nil, "accept what is lost for good on agent `NODE`; may be given again for another")
	cmd.Flags().StringVar(&f.accept.reason, "reason", "", "with --accept-lost (required): why that may be lost")
	return cmd
}

func (a *app) resume(ctx context.Context, f resumeFlags) error {
	if f.planID != "" && !f.fromCluster {
		return invalid("--plan-id is for resume --from-cluster: a run of this machine has the plan that it began with")
	}
	if err := f.accept.invalid(); err != nil {
		return err
	}
	inv, err := inventory.Load(a.inventory)
	if err != nil {
		return err
	}
	store, err := a.stores(clusterOf(inv))
	if err != nil {
		return err
	}
	sess, err := a.open(inv)
	if err != nil {
		return err
	}
	defer sess.close()
	from := origin{run: f.run}
	switch {
	case f.fromCluster:
		from, err = a.fromCluster(ctx, sess, store, f)
	case f.run == "":
		from.run, _, err = latest(store)
	}
	run := from.run
	if err != nil {
		return err
	}
	if run == "" {
		return plan.Instead(plan.Block{What: "there is no run to resume", Observed: "none in " + store.Dir, Next: advice.Run("apply").Say(", or, for a run of another machine, ").Run("resume", "--from-cluster")})
	}
	own, err := take(store, run)
	if err != nil {
		return err
	}
	defer own.release()
	own.tellTorn(a.err)
	if err := a.accepted(own, run, inv, f.accept); err != nil {
		return err
	}
	s := own.state
	r := &runner{app: a, session: sess, store: store, run: run, lock: a.lock(sess, run), plan: s.Plan, file: own.file}
	r.lock.Known, r.lock.Handover = s.Epoch, f.fromCluster
	if s.Ended == journal.RunDone && s.OwesFor(plan.OwesLock) {
		return r.conclude(ctx, nil, s, r.sink()) // died between the run's end and the lock's
	}
	if err := resumable(run, s, inv); err != nil {
		return err
	}
	if r.script, err = os.ReadFile(store.Path(run, journal.ScriptFile)); err != nil {
		return invalid("run %s: its script: %w", run, err)
	}
	if a.output == "text" {
		fmt.Fprint(a.out, render.Preview(s, render.Origin{Copy: from.copy, Script: from.script}))
	}
	finish, err := a.approvals(ctx, s, f.finishSwap)
	if err != nil {
		return err
	}
	return r.takeUp(ctx, s, finish)
}

// takeUp acquires the lock again, under a higher epoch, and goes on.
func (r *runner) takeUp(ctx context.Context, s orchestrator.State, finish []inventory.NodeName) error {
	watch, pause, stop := r.twoStage(ctx)
	defer stop()
	epoch, err := r.lock.Acquire(watch)
	if err != nil {
		return err
	}
	return r.drive(watch, pause, s, journal.Event{Kind: journal.RunResumed, Run: r.run, Controller: r.who(), Epoch: epoch, Finish: finish})
}

// resumable refuses a run that cannot go on, or whose cluster the inventory no
// longer describes.
func resumable(run string, s orchestrator.State, inv *inventory.Cluster) error {
	switch {
	case s.Plan == nil:
		return andThen(fmt.Errorf("run %s: its journal is empty: it was not begun", run), advice.Say("use ").Run("apply").Say("; if that says that the run went on, its journal was lost: ").
			Run("lock", "break", "--reason", "lost journal").Say(", then ").And(resumeThere(run)))
	case s.Ended == journal.RunAbandoned:
		return plan.Instead(plan.Block{What: fmt.Sprintf("run %s was ended unfinished", run), Observed: s.Abandoned, Next: advice.Run("apply").Say(" plans what is left")})
	case s.Ended == journal.RunDone:
		return plan.Instead(plan.Block{What: fmt.Sprintf("run %s is done", run), Next: advice.Run("apply").Say(" verifies, and patches what is left")})
	case inv.ID != "" && s.Plan.Cluster.ID != inv.ID:
		return plan.Refuse(plan.Block{What: "the run is of another cluster", Observed: inv.ID, Want: s.Plan.Cluster.ID, Next: advice.Say("give the right inventory with -i")})
	}
	for _, n := range s.Plan.Nodes {
		have, ok := inv.Node(n.Name)
		if !ok || have.Role != n.Role {
			return plan.Refuse(plan.Block{Node: n.Name, What: "the inventory has changed since the run began", Observed: membership(have, ok), Want: n.Role.String(),
				Next: advice.Say("put the node back into the inventory; ssh settings and addresses may change")})
		}
	}
	return nil
}

func membership(n inventory.Node, ok bool) string {
	if !ok {
		return "not in the inventory"
	}
	return n.Role.String()
}
