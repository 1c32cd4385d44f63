package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
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

// carryOut plans, shows, asks, and applies.
func (a *app) carryOut(ctx context.Context, inv *inventory.Cluster, c *controller.Cluster, ask bool, o controller.Order) error {
	if ask && !a.interactive {
		return invalid("the cluster's name is asked for before anything is done, and there is nobody to answer; a job says --yes")
	}
	look, stopLook := a.untilSignal(ctx)
	defer stopLook()
	p, err := c.Prepare(look, o)
	if err != nil {
		return err
	}
	if a.output == "text" {
		if err := a.warnOf(p.Input); err != nil {
			return err
		}
		if err := a.show(p.Plan); err != nil {
			return err
		}
	}
	if ask {
		if err := a.confirm(look, inv.Name); err != nil {
			return err
		}
	}
	if err := look.Err(); err != nil { // before anything was begun
		return err
	}
	stopLook()
	return a.watch(ctx, p.Apply)
}

// watch carries a run on until it ends or somebody interrupts it.
func (a *app) watch(ctx context.Context, run func(watch context.Context, pause <-chan struct{}) (controller.Result, error)) error {
	watch, pause, stop := a.twoStage(ctx)
	defer stop()
	r, err := run(watch, pause)
	if r.Run != "" {
		a.ended = &r
	}
	if err != nil {
		return err
	}
	if code := render.Exit(r.State.View(time.Now())); code != exitDone {
		return &codeError{code}
	}
	return nil
}

// confirm asks for the cluster's name.
func (a *app) confirm(ctx context.Context, name string) error {
	ask := a.out
	if a.output == "json" { // programs read the other one
		ask = a.err
	}
	fmt.Fprintf(ask, "\nType the cluster's name to go on: ")
	line, err := readLine(ctx, bufio.NewReader(a.in))
	switch got := strings.TrimSpace(line); {
	case err != nil:
		return err
	case line == "":
		return invalid("no answer: nothing was done")
	case got != name:
		return plan.Refuse(plan.Block{What: "not confirmed", Observed: fmt.Sprintf("%q", got), Want: fmt.Sprintf("%q", name), Next: advice.Say("nothing was done: give the command again, and type the name of the cluster that it shows")})
	}
	return nil
}
