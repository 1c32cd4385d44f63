package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
)

type applyFlags struct {
	waive  waiveFlags
	yes    bool
	planID string
}

func (a *app) applyCommand() *cobra.Command {
	var f applyFlags
	cmd := &cobra.Command{
		Use:   "apply [PLAN]",
		Short: "Patch the cluster: the plan of the inventory, or a saved one",
		Long: `apply locks the cluster, surveys it again, and carries the plan out. With a saved
plan it refuses when membership, roles, packages, security mode or the script have
moved since. The first Ctrl-C finishes the nodes in hand; the second stops watching.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return invalid("apply takes at most one plan, got %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.apply(cmd.Context(), args, f) },
	}
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask for the cluster's name")
	f.waive.add(cmd)
	cmd.Flags().StringVar(&f.planID, "plan-id", "", "refuse any plan but this `id`")
	return cmd
}

func (a *app) apply(ctx context.Context, args []string, f applyFlags) error {
	inv, err := loadInventory(a.inventory)
	if err != nil {
		return err
	}
	o := controller.Order{PlanID: f.planID}
	if o.Waivers, err = f.waive.read(time.Now()); err != nil {
		return err
	}
	if len(args) == 1 {
		o.File = args[0]
		if o.Saved, err = controller.ReadPlan(o.File); err != nil {
			return err
		}
		if len(o.Waivers) > 0 {
			return invalid("--waive belongs to plan --out: what is waived is part of what was approved")
		}
		o.Waivers = o.Saved.Waivers
	}
	c, err := a.open(inv)
	if err != nil {
		return err
	}
	defer c.Close()
	return a.carryOut(ctx, inv, c, !f.yes, o)
}
