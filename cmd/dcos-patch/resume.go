package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
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
	if len(f.accept.lost) == 0 && f.accept.reason != "" {
		return invalid("--reason is for --accept-lost NODE: resume alone needs none")
	}
	_, c, err := a.opened()
	if err != nil {
		return err
	}
	defer c.Close()
	re, err := a.reopen(ctx, c, f)
	if err != nil {
		return err
	}
	defer re.Close()
	var finish []inventory.NodeName
	if !re.Done {
		if a.output == "text" {
			fmt.Fprint(a.out, render.Preview(re.State.View(time.Now()), re.Origin))
		}
		if finish, err = a.approvals(ctx, re.State, f.finishSwap); err != nil {
			return err
		}
	}
	return a.watch(ctx, func(watch context.Context, pause <-chan struct{}) (controller.Result, error) {
		return re.Resume(watch, pause, finish)
	})
}

// reopen takes the run in hand; a look at the masters ends with an interrupt.
func (a *app) reopen(ctx context.Context, c *controller.Cluster, f resumeFlags) (*controller.Reopened, error) {
	o := controller.ResumeOrder{Run: f.run, FromCluster: f.fromCluster, PlanID: f.planID, Reason: strings.TrimSpace(f.accept.reason)}
	for _, n := range f.accept.lost {
		o.AcceptLost = append(o.AcceptLost, inventory.NodeName(n))
	}
	if f.fromCluster {
		look, stop := a.untilSignal(ctx)
		defer stop()
		ctx = look
	}
	return c.Reopen(ctx, o)
}

// acceptFlags are what a resume was told to accept.
type acceptFlags struct {
	lost   []string
	reason string
}
