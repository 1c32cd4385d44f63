package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

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
		ask = a.errOut
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

// warnOf prints what a person should know before the patch.
func (a *app) warnOf(in plan.Input) error {
	warnings, err := controller.Warnings(in, a.config())
	if err != nil {
		return err
	}
	return a.program().Warnings(a.errOut, warnings)
}

// show prints a plan in the chosen format.
func (a *app) show(p *plan.Plan) error {
	if a.output == "json" {
		return render.PlanJSON(a.out, p)
	}
	return render.Plan(a.out, p)
}
