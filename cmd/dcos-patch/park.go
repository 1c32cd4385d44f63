package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
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
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.park(inventory.NodeName(args[0]), f) },
	}
	cmd.Flags().StringVar(&f.reason, "reason", "", "why it stays behind (required)")
	cmd.Flags().StringVar(&f.run, "run", "", "the `run`, when not the newest")
	return cmd
}

func (a *app) park(node inventory.NodeName, f parkFlags) error {
	if strings.TrimSpace(f.reason) == "" {
		return invalid("park needs --reason: it stands in the journal, and is shown to whoever finds the agent unpatched")
	}
	store, err := a.store()
	if err != nil {
		return err
	}
	run := f.run
	if run == "" {
		if run, _, err = latest(store); err != nil {
			return err
		}
	}
	if run == "" {
		return plan.Instead(plan.Block{What: "there is no run to leave a node out of", Observed: "none in " + store.Dir, Next: advice.Say("exclude the node in the inventory, then ").Run("plan")})
	}
	own, err := take(store, run)
	if err != nil {
		return err
	}
	defer own.release()
	own.tellTorn(a.err)
	if err := parkable(run, own.state, node); err != nil {
		return err
	}
	e := journal.Event{Seq: own.state.Seq + 1, At: time.Now(), Kind: journal.LaneParked, Node: node, Controller: a.who(), Detail: strings.TrimSpace(f.reason)}
	if err := own.file.Record(e); err != nil {
		return &orchestrator.RecordError{Err: err}
	}
	fmt.Fprintf(a.out, "%s is left behind in run %s: %s\n  next  %s\n", node, run, render.Printable(e.Detail), a.program().Run("resume", "--run", run))
	return nil
}

// parkable refuses where a run cannot, or need not, do without a node.
func parkable(run string, s orchestrator.State, node inventory.NodeName) error {
	switch {
	case s.Plan == nil:
		return invalid("run %s: its journal is empty: it was not begun", run)
	case s.Ended == journal.RunDone, s.Ended == journal.RunAbandoned:
		return plan.Instead(plan.Block{Node: node, What: fmt.Sprintf("run %s is done", run), Next: advice.Say("exclude the node in the inventory for a time, or ").Run("apply")})
	case s.TakenOver():
		return plan.Instead(plan.Block{Node: node, What: fmt.Sprintf("run %s is another controller's now", run), Next: resumeThere(run)})
	}
	if why := s.Parkable(node); why != "" {
		return plan.Instead(plan.Block{Node: node, What: "it cannot be left behind", Observed: why, Want: "an agent of the run that is not verified", Next: advice.Run("status")})
	}
	return nil
}
