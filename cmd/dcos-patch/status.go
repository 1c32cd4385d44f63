package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/render"
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
	p := a.program()
	switch {
	case st.Run == "" && a.output == "json":
		return json.NewEncoder(a.out).Encode(p.NoRun(runs.Dir))
	case st.Run == "":
		fmt.Fprintf(a.out, "no run in %s\n", runs.Dir)
		return nil
	case a.output == "json":
		sum := p.Summary(st.View)
		sum.Warnings = st.Warned
		if len(st.Packs) > 0 {
			sum.Pack = st.Packs[0]
		}
		return json.NewEncoder(a.out).Encode(sum)
	}
	fmt.Fprint(a.out, p.Status(st.View), render.WarnedLines(st.Warned, "warned  "))
	for _, path := range st.Packs {
		fmt.Fprint(a.out, packLine(path))
	}
	if st.Word == orchestrator.ControllerGone {
		fmt.Fprint(a.out, p.Leave(st.View))
		fmt.Fprintf(a.out, "its controller is gone: what runs on nodes goes on there\n  next    %s: it looks at the nodes first\n", p.Run("resume", "--run", st.Run))
	}
	return nil
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
		fmt.Fprintf(a.out, "no run in %s\n", runs.Dir)
	}
	var bad error
	for _, st := range all {
		sum := a.program().Summary(st.View)
		if st.Err != nil {
			sum, bad = render.Unreadable(st.Run, st.Err), &codeError{exitInvalid}
		}
		if a.output == "json" {
			if err := json.NewEncoder(a.out).Encode(sum); err != nil {
				return err
			}
			continue
		}
		say(a.out, "%s", a.program().RunLine(sum))
	}
	return bad
}
