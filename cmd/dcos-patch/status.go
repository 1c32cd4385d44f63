package main

import (
	"github.com/spf13/cobra"
)

func (a *app) statusCommand() *cobra.Command {
	var run string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Where the newest run is, from its journal",
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return a.status(run) },
	}
	cmd.Flags().StringVar(&run, "run", "", "the `run`, when not the newest")
	return cmd
}

func (a *app) runsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "runs",
		Short: "List the runs of the cluster on this machine",
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return a.listRuns() },
	}
}

func (a *app) status(run string) error {
	runs, err := a.runs()
	if err != nil {
		return err
	}
	st, err := runs.Status(run)
	if err != nil {
		return err
	}
	if st.Run == "" {
		return a.console().NoRun(runs.Dir)
	}
	return a.console().Status(st)
}

func (a *app) listRuns() error {
	runs, err := a.runs()
	if err != nil {
		return err
	}
	all, err := runs.List()
	if err != nil {
		return err
	}
	if len(all) == 0 && a.output == "text" {
		return a.console().NoRun(runs.Dir)
	}
	var bad error
	for _, st := range all {
		if st.Err != nil {
			bad = &codeError{exitInvalid}
		}
		if err := a.console().Run(st); err != nil {
			return err
		}
	}
	return bad
}
