package rehearse

import (
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// pace is the pause before another look at a cluster that admitted nothing.
const pace = 2 * time.Second

// reconcile looks how a step has ended.
func (c *controller) reconcile(t plan.Task) {
	if c.looking[t.Step.ID] {
		return
	}
	c.looking[t.Step.ID] = true
	c.later(c.around(lookTakes), func() { c.reconciled(t) })
}

func (c *controller) reconciled(t plan.Task) {
	n := c.byName[t.Step.Node]
	rep := plan.Report{Outcome: plan.InDoubt, Detail: "the node does not answer"}
	if n.reachable(c.now) {
		rep = n.look(t.Run, t.Attempt)
	}
	if rep.Outcome == plan.Failed && n.script.finishing { // a call of an earlier controller
		c.later(poll, func() { c.reconciled(t) })
		return
	}
	delete(c.looking, t.Step.ID)
	if rep.Outcome == plan.Failed {
		n.lost, n.epoch = true, max(n.epoch, c.epoch)
	}
	c.news(journal.Event{Kind: journal.Reconciled, Step: t.Step.ID, Node: t.Step.Node, Report: &rep})
}

// observe looks at the cluster, once at a time.
func (c *controller) observe() {
	if c.observing {
		return
	}
	c.observing = true
	wait, asked := time.Duration(0), c.s.Seq
	if c.reluctant {
		wait = pace
	}
	c.later(wait, func() {
		obs, out, askedAt := c.look(), c.agentsOut(), c.wall()
		takes := c.around(lookTakes)
		if lasts, yes := c.hit(fault.LookLate, ""); yes {
			takes = lasts
		}
		if _, yes := c.hit(fault.LookUnreadable, ""); yes {
			obs = plan.Observation{}
		}
		c.later(takes, func() {
			c.observing = false
			c.seen = out
			if !c.fact(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: asked, AskedAt: askedAt}) {
				return
			}
			c.reluctant = len(c.cmds) == 0 || c.cmds[0].Record == nil || c.cmds[0].Record.Kind == journal.Held
			c.perform()
		})
	})
}
