package controller

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// Order is what an apply is asked for.
type Order struct {
	Saved   *plan.Plan // nil: plan afresh
	File    string     // of the saved plan
	Waivers []plan.Waiver
	PlanID  string                               // the only id that may be applied; empty: any
	Trim    func(*plan.Plan) (*plan.Plan, error) // cuts the plan down; nil: the whole plan
}

func (o Order) trim(p *plan.Plan) (*plan.Plan, error) {
	if o.Trim == nil {
		return p, nil
	}
	return o.Trim(p)
}

// Prepared is a plan that may be applied. Nothing is locked yet.
type Prepared struct {
	Plan  *plan.Plan // as it is carried out
	Input plan.Input // what it was made of

	whole *plan.Plan
	order Order
	c     *Cluster
	runs  Runs
}

// Prepare plans, and refuses where the plan could not be applied now.
func (c *Cluster) Prepare(ctx context.Context, o Order) (*Prepared, error) {
	runs, err := c.runs()
	if err != nil {
		return nil, err
	}
	if err := runs.refuseUnfinished(); err != nil {
		return nil, err
	}
	made, err := c.build(ctx, o.Waivers)
	if held := runs.refuseHeld(c.inv, made.Input.Facts); held != nil {
		return nil, held
	}
	if err != nil {
		return nil, err
	}
	p := made.Plan
	if o.Saved != nil {
		if err := same(o.Saved, p); err != nil {
			return nil, moved(err, p, o.File)
		}
	}
	if o.PlanID != "" && o.PlanID != p.ID {
		return nil, plan.Instead(plan.Block{What: "the plan is not the approved one", Observed: p.ID, Want: o.PlanID, Next: advice.Run("plan").Say(", and have it approved")})
	}
	trimmed, err := o.trim(p)
	return &Prepared{Plan: trimmed, Input: made.Input, whole: p, order: o, c: c, runs: runs}, err
}

// Apply takes the lock, plans once more under it, and runs. What ends pause admits
// nothing more; what ends ctx ends the watching.
func (p *Prepared) Apply(ctx context.Context, pause <-chan struct{}) (res Result, err error) {
	c := p.c
	run, err := p.runs.NewRun(time.Now())
	if err != nil {
		return res, invalid("%w; nothing was done", err)
	}
	held, err := p.runs.hold(run)
	if err != nil {
		return res, err
	}
	defer held.Close()
	lock := c.lock(run)
	unbegun, begin := untilPause(ctx, pause)
	defer begin()
	epoch, err := c.acquire(unbegun, p.runs, lock)
	if err != nil {
		return res, err
	}
	begun := false
	defer func() {
		if !begun {
			err = errors.Join(err, lock.Release(context.WithoutCancel(ctx), epoch))
		}
	}()
	again, err := c.build(unbegun, p.order.Waivers)
	if err != nil {
		return res, err
	}
	if err := same(p.whole, again.Plan); err != nil {
		return res, err
	}
	trimmed, err := p.order.trim(again.Plan)
	if err != nil {
		return res, err
	}
	r := &running{Cluster: c, runs: p.runs, run: run, lock: lock, plan: trimmed, script: again.script}
	if err := r.prepare(); err != nil {
		return res, err
	}
	begun = true
	return r.drive(ctx, begin(), orchestrator.New(), journal.Event{Kind: journal.RunStarted, Run: run, Plan: r.plan, Controller: c.cfg.Owner, Epoch: epoch})
}

// refuseUnfinished refuses a new run while one of this machine has not ended.
func (r Runs) refuseUnfinished() error {
	run, s, err := r.Latest()
	if err != nil || run == "" || s.Ended == journal.RunDone || s.Ended == journal.RunAbandoned || s.Plan == nil || !s.Begun() {
		return err
	}
	v, next := r.view(run, s), advice.Run("resume")
	if controlled(r.Store, run) { // a resume would be refused
		next = advice.Run("status", "--run", run).Say(" shows how it goes")
	}
	return plan.Instead(plan.Block{What: fmt.Sprintf("run %s of this cluster has not ended", run), Observed: v.Word + ", " + render.TallyLine(v),
		Want: "one run at a time", Next: next})
}

// same refuses when a plan is not the one that was approved.
func same(approved, fresh *plan.Plan) error {
	if moved := plan.Compare(approved, fresh); len(moved) > 0 {
		return plan.Refuse(moved...)
	}
	if approved.ID != fresh.ID {
		return plan.Instead(plan.Block{What: "the plan is not the approved one", Observed: fresh.ID, Want: approved.ID,
			Next: advice.Run("plan", "--out", "FILE").Say(fmt.Sprintf(", have %s approved, and apply it", fresh.ID))})
	}
	return nil
}

// moved is the refusal of a saved plan that does not hold any more. Of one that
// is carried out nothing is left to plan.
func moved(err error, fresh *plan.Plan, file string) error {
	var refusal *plan.RefusalError
	if !errors.As(err, &refusal) {
		return err
	}
	other := *refusal
	other.Instead = true
	if fresh.HasWork() {
		other.Next = []advice.Command{{"plan", "--out", file}}
	}
	return &other
}
