package controller

import (
	"context"
	"errors"
	"time"

	"github.com/dcos-patch/dcos-patch/plan"
)

// Planned is a plan, and what it was made of.
type Planned struct {
	Plan  *plan.Plan
	Input plan.Input // without an inventory: the survey did not come to its end

	script []byte
}

// Plan surveys and plans; it takes no lock and changes nothing. A refusal comes with the
// input. While a run holds the cluster, that is the refusal: what is not well may be its
// doing.
func (c *Cluster) Plan(ctx context.Context, waivers []plan.Waiver) (Planned, error) {
	p, err := c.build(ctx, waivers)
	if err == nil {
		return p, nil
	}
	runs, rerr := c.runs()
	if rerr != nil {
		return p, errors.Join(err, rerr)
	}
	if h := runs.HolderIn(c.inv, p.Input.Facts); h != nil {
		return p, h.Refused()
	}
	return p, err
}

func (c *Cluster) build(ctx context.Context, waivers []plan.Waiver) (Planned, error) {
	found, err := c.Survey(ctx)
	if err != nil {
		return Planned{}, err
	}
	in := plan.Input{Inventory: c.inv, Facts: found.Facts, Waivers: waivers, Today: time.Now()}
	p, err := plan.Build(in)
	return Planned{Plan: p, Input: in, script: found.Script}, err
}
