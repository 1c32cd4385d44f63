package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/internal/prove"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// statesLimit bounds a search by memory: about 2 GB.
const statesLimit = 4_000_000

func (a *app) devCommand() *cobra.Command {
	var masters, agents, limit int
	var b prove.Bounds
	cmd := &cobra.Command{
		Use:   "prove",
		Short: "Search every story of a small cluster under the inventory's policy for a broken safety rule",
		Long: `prove drives the engine through every order of completion, failure, loss, crash,
interruption and resume that a small cluster can have under the inventory's policy.
It prints the number of states, or the shortest story that breaks a rule.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			inv, err := inventory.Load(a.inventory)
			if err != nil {
				return err
			}
			p, err := prove.Plan(inv, masters, agents)
			if err != nil {
				return err
			}
			start := time.Now()
			r, err := prove.Search(p, b, limit)
			if err != nil {
				return invalid("%w", err)
			}
			if r.Violation != "" {
				fmt.Fprintf(a.out, "BROKEN: %s\n", r.Violation)
				for i, line := range r.Story {
					fmt.Fprintf(a.out, "%3d  %s\n", i+1, line)
				}
				return &codeError{exitInternal}
			}
			fmt.Fprintf(a.out, "%d masters, %d agents, up to %d troubles, %d crashes or interruptions and %d long pauses in a story:\n", masters, agents, b.Troubles, b.Crashes, b.Waits)
			fmt.Fprintf(a.out, "%d states, %d steps between them; %d ends, %d stops; no rule is broken in any (%s)\n", r.States, r.Steps, r.Ends, r.Stops, time.Since(start).Round(time.Millisecond))
			return nil
		},
	}
	f := cmd.Flags()
	f.IntVar(&masters, "masters", 3, "masters")
	f.IntVar(&agents, "agents", 4, "agents, dealt out over the inventory's groups")
	f.IntVar(&b.Troubles, "troubles", 2, "failures, losses and red looks in a story")
	f.IntVar(&b.Crashes, "crashes", 1, "crashes and interruptions in a story")
	f.IntVar(&b.Waits, "waits", 1, "pauses in a story after which nothing seen before is fresh")
	f.BoolVar(&b.Unapproved, "no-finish-swap", false, "leave out approvals of finish-swap, to search more of everything else")
	f.IntVar(&limit, "limit", statesLimit, "states after which to give up")
	dev := &cobra.Command{Use: "dev", Short: "For those who work on dcos-patch, or want to know"}
	dev.AddCommand(cmd, a.gatesCommand())
	return dev
}
