package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

type planFlags struct {
	waive    waiveFlags
	out      string
	offline  string
	facts    string
	detailed bool
}

func (a *app) planCommand() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what apply would do; changes nothing",
		Long:  "plan surveys the cluster and shows what apply would do. It takes no lock and changes nothing.",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.plan(cmd, f) },
	}
	cmd.Flags().StringVar(&f.out, "out", "", "write the plan as JSON to `file`, for apply")
	cmd.Flags().StringVar(&f.offline, "offline", "", "plan from the facts in `file` instead of a survey")
	cmd.Flags().StringVar(&f.facts, "save-facts", "", "write what the survey found to `file`, for --offline")
	f.waive.add(cmd)
	cmd.Flags().BoolVar(&f.detailed, "detailed-exitcode", false, "exit 20 when there is work, 0 when there is none")
	return cmd
}

func (a *app) plan(cmd *cobra.Command, f planFlags) error {
	ctx, stop := a.untilSignal(cmd.Context())
	defer stop()
	inv, err := loadInventory(a.inventory)
	if err != nil {
		return err
	}
	waivers, err := f.waive.read(time.Now())
	if err != nil {
		return err
	}
	made, perr := a.planned(ctx, inv, waivers, f.offline)
	in, p := made.Input, made.Plan
	if in.Inventory == nil {
		return perr
	}
	if f.facts != "" {
		if err := controller.WriteFacts(f.facts, in.Facts); err != nil {
			return invalid("--save-facts: %w", err)
		}
	}
	if perr != nil {
		return perr
	}
	if err := a.warnOf(in); err != nil {
		return err
	}
	if f.out != "" {
		if err := controller.WritePlan(f.out, p); err != nil {
			return invalid("--out: %w", err)
		}
	}
	if err := a.show(p); err != nil {
		return err
	}
	if f.out != "" && a.output == "text" && p.HasWork() {
		render.Say(a.out, "  next  have it approved, then %s", a.program().Run("apply", f.out, "--plan-id", p.ID))
	}
	if f.offline == "" {
		a.tellHeld(inv, in.Facts)
	}
	if f.detailed && p.HasWork() {
		return &codeError{exitWork}
	}
	return nil
}

// planned is a plan from a survey, or from the facts of an earlier one.
func (a *app) planned(ctx context.Context, inv *inventory.Cluster, waivers []plan.Waiver, offline string) (controller.Planned, error) {
	if offline == "" {
		c, err := a.open(inv)
		if err != nil {
			return controller.Planned{}, err
		}
		defer c.Close()
		return c.Plan(ctx, waivers)
	}
	facts, err := controller.ReadFacts(offline)
	if err != nil {
		return controller.Planned{}, invalid("--offline: %w", err)
	}
	in := plan.Input{Inventory: inv, Facts: facts, Waivers: waivers, Today: time.Now()}
	p, err := plan.Build(in)
	return controller.Planned{Plan: p, Input: in}, err
}
