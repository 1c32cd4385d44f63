package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
)

func (a *app) checkCommand() *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use:   "check NODE",
		Short: "Ask one node's gates now: the first blocking fact, or green",
		Long: `check looks whether anything is under way on the node, a patch or a swap that was
cut short, and asks the gates of its verification once: against the baseline that the
newest run took of it, or, before its patch, whether it is healthy as it is. It changes
nothing. With --wait it goes on until all hold for as long as a run would demand, or
its patience ends.`,
		Args: oneArg("a node of the inventory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.check(cmd.Context(), inventory.NodeName(args[0]), wait)
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until every gate holds")
	return cmd
}

func (a *app) check(ctx context.Context, name inventory.NodeName, wait bool) error {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	inv, err := loadInventory(a.inventory)
	if err != nil {
		return err
	}
	if _, ok := inv.Node(name); !ok {
		return invalid("there is no node %q in %s", name, a.inventory)
	}
	c, err := a.open(inv)
	if err != nil {
		return err
	}
	defer c.Close()
	check := c.Check
	if wait {
		check = c.CheckUntil
	}
	found, err := check(ctx, name)
	if err != nil {
		return err
	}
	return a.tellChecked(found)
}

// tellChecked says what was found; what blocks makes the exit code.
func (a *app) tellChecked(c controller.Checked) error {
	show := a.program().Check
	if a.output == "json" {
		show = a.program().CheckJSON
	}
	if err := show(a.out, c.Node, c.Findings, c.Blocking, c.Next); err != nil {
		return err
	}
	if len(c.Blocking) > 0 {
		return &codeError{exitStopped}
	}
	return nil
}
