package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller/console"
	"github.com/dcos-patch/dcos-patch/inventory"
)

type breakFlags struct {
	reason string
	accept []string // NODE=REASON
}

func (a *app) lockCommand() *cobra.Command {
	var f breakFlags
	brk := &cobra.Command{
		Use:   "break",
		Short: "Take the cluster lock away from a run whose controller is gone",
		Long: `lock break looks at every node first, watches for a while whether the old controller
lives, and refuses if it does, or while a patch unit runs. It then raises the epoch, so
that the old controller, should it wake, is refused by every node, and looks once more:
only if no patch runs now are the locks removed.

An agent that cannot be asked, or says that a patch runs there, need not stop you for ever:
once you know better, --accept NODE=REASON leaves it out, one by one. A master is never left out.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.breakLock(cmd.Context(), f) },
	}
	brk.Flags().StringVar(&f.reason, "reason", "", "why (required)")
	brk.Flags().StringArrayVar(&f.accept, "accept", nil, "go on although an agent cannot be asked, or says that it is busy:\n`NODE=REASON`; may be given again")
	cmd := &cobra.Command{Use: "lock", Short: "The cluster lock"}
	cmd.AddCommand(brk)
	return cmd
}

func (a *app) breakLock(ctx context.Context, f breakFlags) error {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	if f.reason == "" {
		return invalid("lock break needs --reason: whose controller holds it, and why that is gone")
	}
	_, c, err := a.opened()
	if err != nil {
		return err
	}
	defer c.Close()
	b, err := c.BreakLock(ctx, acceptances(f.accept))
	if err != nil {
		return err
	}
	a.console().Broken(b, f.reason)
	a.next = console.AfterBroken(b)
	return nil
}

// acceptances reads NODE=REASON; what may be accepted is the controller's to say.
func acceptances(words []string) map[inventory.NodeName]string {
	all := map[inventory.NodeName]string{}
	for _, w := range words {
		name, reason, _ := strings.Cut(w, "=")
		all[inventory.NodeName(name)] = reason
	}
	return all
}
