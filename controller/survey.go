package controller

import (
	"context"

	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Survey is what a survey found.
type Survey struct {
	Facts  plan.Facts
	Script []byte // the node patch script
}

// Survey looks at the whole cluster and changes nothing.
func (c *Cluster) Survey(ctx context.Context) (Survey, error) {
	if err := Target(c.inv); err != nil {
		return Survey{}, err
	}
	facts := patcher.Survey(ctx, newSlowTeller(hosts{c.pool}, c.cfg.tell), c.inv)
	if err := ctx.Err(); err != nil {
		return Survey{}, err
	}
	out := Survey{Facts: facts}
	first := c.inv.Masters[0].Name
	if facts.Nodes[first].Err != "" {
		patcher.LookCloser(ctx, hosts{c.pool}, c.inv, facts)
		return out, ctx.Err() // the planner refuses, naming every node that does not answer
	}
	h, err := c.pool.Get(ctx, string(first))
	if err != nil {
		return out, err
	}
	script, body, err := patcher.FetchScript(ctx, h, string(first), c.inv.Target.URL)
	if err := ctx.Err(); err != nil {
		return out, err
	}
	if err != nil {
		out.Facts.ScriptErr = err.Error()
	}
	out.Facts.Script, out.Script = script, body
	cluster := c.checksOf(surveyedNodes{probers{c.pool}, facts}, c.subject(facts), "")
	out.Facts.Deployments, _ = cluster.Deployments(ctx, first)
	patcher.LookCloser(ctx, hosts{c.pool}, c.inv, out.Facts)
	if err := ctx.Err(); err != nil {
		return out, err
	}
	out.Facts.Cluster = cluster.Observe(ctx, plan.Ask{Kind: plan.StagePreflight, Load: true})
	if err := ctx.Err(); err != nil { // a look that was cut short has seen nothing
		return out, err
	}
	out.Facts.Unknown = out.Facts.Cluster.Unknown
	for name, n := range out.Facts.Cluster.Tasks {
		f := out.Facts.Nodes[name]
		f.Tasks = n
		out.Facts.Nodes[name] = f
	}
	return out, nil
}
