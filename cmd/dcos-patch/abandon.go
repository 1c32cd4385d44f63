package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
)

type abandonFlags struct {
	reason string
	accept []string
	gone   bool
}

func (a *app) abandonCommand() *cobra.Command {
	var f abandonFlags
	cmd := &cobra.Command{
		Use:   "abandon RUN",
		Short: "End a run that did not finish and will not be resumed",
		Long: `abandon ends a run for good. It surveys the nodes and refuses while a patch runs on one,
raises the epoch and looks again, records who ended the run and why, says which nodes it
leaves patched and not verified, in doubt or in the middle of a swap, removes what the run
has left on nodes, and gives the lock back. A new plan takes up what is left.

Of a cluster that does not exist any more, --cluster-gone ends the run in the journal only.`,
		Args: oneArg("the run, as runs lists it"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.abandon(cmd.Context(), args[0], f) },
	}
	cmd.Flags().StringVar(&f.reason, "reason", "", "why it is not resumed (required)")
	cmd.Flags().StringArrayVar(&f.accept, "accept", nil, "go on although an agent cannot be asked, or says that it is busy:\n`NODE=REASON`; may be given again")
	cmd.Flags().BoolVar(&f.gone, "cluster-gone", false, "the cluster is gone: ask no node, change nothing but the journal")
	return cmd
}

func (a *app) abandon(ctx context.Context, run string, f abandonFlags) error {
	inv, err := inventory.Load(a.inventory)
	if err != nil {
		return err
	}
	end, err := a.end(ctx, inv, run, f)
	var gone *controller.GoneError
	if errors.As(err, &gone) {
		fmt.Fprintf(a.errOut, "only if this cluster does not exist any more: %s\n", a.program().Text(gone.Next))
	}
	if err != nil {
		return err
	}
	a.about = run
	a.console().Ended(end, f.gone)
	if f.gone {
		return nil
	}
	fmt.Fprintln(a.out, "removing what runs have left on the nodes:")
	return a.sweep(ctx, false)
}

func (a *app) end(ctx context.Context, inv *inventory.Cluster, run string, f abandonFlags) (controller.Ended, error) {
	o := controller.AbandonOrder{Run: run, Reason: strings.TrimSpace(f.reason), Accept: acceptances(f.accept)}
	if f.gone {
		runs, err := controller.OpenRuns(inv, a.config())
		if err != nil {
			return controller.Ended{}, err
		}
		return runs.AbandonGone(o)
	}
	c, err := a.open(inv)
	if err != nil {
		return controller.Ended{}, err
	}
	defer c.Close()
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	return c.Abandon(ctx, o)
}
