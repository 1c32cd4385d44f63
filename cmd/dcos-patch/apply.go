package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/patcher"
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
	waivers, err := f.waive.read(time.Now())
	if err != nil {
		return err
	}
	var saved *plan.Plan
	var file string
	if len(args) == 1 {
		file = args[0]
		if saved, err = readPlan(file); err != nil {
			return err
		}
		if len(waivers) > 0 {
			return invalid("--waive belongs to plan --out: what is waived is part of what was approved")
		}
		waivers = saved.Waivers
	}
	s, err := a.open(inv)
	if err != nil {
		return err
	}
	defer s.close()
	return a.carryOut(ctx, s, order{saved: saved, file: file, waivers: waivers, planID: f.planID, confirm: !f.yes, trim: whole})
}

// order is what carryOut is asked for.
type order struct {
	saved   *plan.Plan // nil: plan afresh
	file    string     // of the saved plan
	waivers []plan.Waiver
	planID  string // the only id that may be applied; empty: any
	confirm bool   // ask for the cluster's name
	trim    func(*plan.Plan) *plan.Plan
}

// whole is the trim of those who want the whole plan.
func whole(p *plan.Plan) *plan.Plan { return p }

// carryOut plans, asks, locks, plans again, and runs.
func (a *app) carryOut(ctx context.Context, s *session, o order) error {
	if o.confirm && !a.interactive {
		return invalid("the cluster's name is asked for before anything is done, and there is nobody to answer; a job says --yes")
	}
	look, stopLook := a.untilSignal(ctx)
	defer stopLook()
	store, err := a.stores(clusterOf(s.inv))
	if err != nil {
		return err
	}
	if err := a.refuseUnfinished(store); err != nil {
		return err
	}
	made, err := s.build(look, o.waivers)
	if held := refuseHeld(store, s.inv, made.in.Facts); held != nil {
		return held
	}
	if err != nil {
		return err
	}
	p := made.plan
	if o.saved != nil {
		if err := same(o.saved, p); err != nil {
			return moved(err, p, o.file)
		}
	}
	if o.planID != "" && o.planID != p.ID {
		return plan.Instead(plan.Block{What: "the plan is not the approved one", Observed: p.ID, Want: o.planID, Next: advice.Run("plan").Say(", and have it approved")})
	}
	if a.output == "text" {
		if err := a.warnOf(made.in); err != nil {
			return err
		}
		if err := a.show(o.trim(p)); err != nil {
			return err
		}
	}
	if o.confirm {
		if err := a.confirm(look, s.inv.Name); err != nil {
			return err
		}
	}
	if err := look.Err(); err != nil { // before anything was begun
		return err
	}
	stopLook()
	return a.lockAndRun(ctx, s, store, p, o)
}

// made is a plan, what it was made of, and the script's bytes.
type made struct {
	plan   *plan.Plan
	in     plan.Input
	script []byte
}

// build surveys and plans.
func (s *session) build(ctx context.Context, waivers []plan.Waiver) (made, error) {
	found, err := s.survey(ctx)
	if err != nil {
		return made{}, err
	}
	in := plan.Input{Inventory: s.inv, Facts: found.facts, Waivers: waivers, Today: time.Now()}
	p, err := plan.Build(in)
	return made{plan: p, in: in, script: found.script}, err
}

// lockAndRun takes the lock, plans once more under it, and runs.
func (a *app) lockAndRun(ctx context.Context, s *session, store journal.Store, shown *plan.Plan, o order) (err error) {
	watch, pause, stop := a.twoStage(ctx)
	defer stop()
	run, err := store.NewRun(time.Now())
	if err != nil {
		return invalid("%w; nothing was done", err)
	}
	held, err := hold(store, run)
	if err != nil {
		return err
	}
	defer held.Close()
	lock := a.lock(s, run)
	epoch, err := a.acquire(watch, s, store, lock)
	if err != nil {
		return err
	}
	begun := false
	defer func() {
		if !begun {
			err = errors.Join(err, lock.Release(context.WithoutCancel(ctx), epoch))
		}
	}()
	again, err := s.build(watch, o.waivers)
	if err != nil {
		return err
	}
	p := again.plan
	if err := same(shown, p); err != nil {
		return err
	}
	r := &runner{app: a, session: s, store: store, run: run, lock: lock, plan: o.trim(p), script: again.script}
	if err := r.prepare(); err != nil {
		return err
	}
	begun = true
	return r.drive(watch, pause, orchestrator.New(), journal.Event{Kind: journal.RunStarted, Run: run, Plan: r.plan, Controller: a.who(), Epoch: epoch})
}

// lock is the cluster lock, for a run.
func (a *app) lock(s *session, run string) *patcher.Lock {
	return &patcher.Lock{Nodes: hosts{s.pool}, Run: run, Owner: a.who(), Masters: s.masters(), Cluster: s.inv.ID}
}

// masters are those of the inventory.
func (s *session) masters() []inventory.NodeName {
	var names []inventory.NodeName
	for _, m := range s.inv.Masters {
		names = append(names, m.Name)
	}
	return names
}

// refuseUnfinished refuses a new run while one of this machine has not ended.
func (a *app) refuseUnfinished(store journal.Store) error {
	run, s, err := latest(store)
	if err != nil || run == "" || s.Ended == journal.RunDone || s.Ended == journal.RunAbandoned || s.Plan == nil || !s.Begun() {
		return err
	}
	next := advice.Run("resume")
	if controlled(store, run) { // a resume would be refused
		next = advice.Run("status", "--run", run).Say(" shows how it goes")
	}
	return plan.Instead(plan.Block{What: fmt.Sprintf("run %s of this cluster has not ended", run), Observed: wordOf(store, run, s) + ", " + render.TallyLine(s),
		Want: "one run at a time", Next: next})
}

// confirm asks for the cluster's name.
func (a *app) confirm(ctx context.Context, name string) error {
	ask := a.out
	if a.output == "json" { // programs read the other one
		ask = a.err
	}
	fmt.Fprintf(ask, "\nType the cluster's name to go on: ")
	said := make(chan string, 1)
	go func() { // nothing ends a read from a terminal; it may outlive the command
		line, _ := bufio.NewReader(a.in).ReadString('\n')
		said <- line
	}()
	var line string
	select {
	case line = <-said:
	case <-ctx.Done():
	}
	switch got := strings.TrimSpace(line); {
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted, nothing was done: %w", ctx.Err())
	case line == "":
		return invalid("no answer: nothing was done")
	case got != name:
		return plan.Refuse(plan.Block{What: "not confirmed", Observed: fmt.Sprintf("%q", got), Want: fmt.Sprintf("%q", name), Next: advice.Say("nothing was done: give the command again, and type the name of the cluster that it shows")})
	}
	return nil
}
