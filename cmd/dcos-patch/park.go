package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/render"
)

type parkFlags struct{ run, reason string }

func (a *app) parkCommand() *cobra.Command {
	var f parkFlags
	cmd := &cobra.Command{
		Use:   "park AGENT",
		Short: "Leave an agent behind, so that a stopped run can go on without it",
		Long: `park records in the run's journal that an agent is left behind, by whom and why. It
touches no node. A resume then goes on with the others, ends with exit code 6, and a
later plan has the agent again. Where a group's canary is left behind, the first of the
others goes alone until it is verified.

A master is never parked: nothing may go on while one of them is out.`,
		Args: oneArg("an agent of the run"),
		RunE: func(_ *cobra.Command, args []string) error { return a.park(inventory.NodeName(args[0]), f) },
	}
	cmd.Flags().StringVar(&f.reason, "reason", "", "why it stays behind (required)")
	cmd.Flags().StringVar(&f.run, "run", "", "the `run`, when not the newest")
	return cmd
}

func (a *app) park(node inventory.NodeName, f parkFlags) error {
	runs, err := a.runs()
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(f.reason)
	run, err := runs.Park(f.run, node, reason)
	if err != nil {
		return err
	}
	a.about, a.next = run, []advice.Command{{"resume", "--run", run}}
	render.Say(a.out, "%s is left behind in run %s: %s", node, run, reason)
	if a.output == "text" {
		render.Say(a.out, "  next  %s", a.program().Run(a.next[0]...))
	}
	return nil
}
