package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (a *app) sweepCommand() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "Remove what runs that are over have left on the nodes",
		Long: `sweep removes scripts, node programs, copies of runs, abandoned uploads, frameworks
of launch probes, and the cluster lock of a run that is done. It refuses while a run has not ended. What is not
ours stays, and so do the receipts: they keep a script from being run twice.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.sweep(cmd.Context(), dry) },
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "list what would be removed, and remove nothing")
	return cmd
}

func (a *app) sweep(ctx context.Context, dry bool) error {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	_, c, err := a.opened()
	if err != nil {
		return err
	}
	defer c.Close()
	swept, err := c.Sweep(ctx, dry)
	if err != nil {
		return err
	}
	word := "removed"
	if dry {
		word = "would remove"
	}
	if err := a.console().Swept(swept, word); err != nil {
		return err
	}
	if swept.Missed() > 0 {
		return &codeError{exitParked}
	}
	return nil
}
