package rehearse

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// pace is the pause before another look at a cluster that admitted nothing.
const pace = 2 * time.Second

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
		obs, askedAt := c.look(), c.wall()
		out := obs.Out
		takes := c.around(lookTakes)
		if lasts, yes := c.hit(fault.LookLate, ""); yes {
			takes = lasts
		}
		if _, yes := c.hit(fault.LookUnreadable, ""); yes {
			obs = plan.Observation{}
		}
		c.later(takes, func() {
			c.observing, c.seen = false, out
			c.tell("the cluster is looked at: green %t, out of service %v", obs.Green, out)
			if !c.fact(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: asked, AskedAt: askedAt}) {
				return
			}
			c.reluctant = len(c.cmds) == 0 || c.cmds[0].Record == nil || c.cmds[0].Record.Kind == journal.Held
			c.perform()
		})
	})
}

// do begins a step.
func (c *controller) do(t plan.Task) {
	n := c.byName[t.Step.Node]
	switch mutates := t.Step.Action.Mutates() && !t.Adopt; {
	case t.Remedy != plan.RemedyNone:
		c.begins(n, c.s.Paused)
		c.remedied(n, t)
	case mutates && t.Unlaunchable() != "":
		c.breaks("%s is to be launched, and %s", n.Name, t.Unlaunchable())
	case mutates:
		c.begins(n, c.s.Paused)
	}
	if n != nil {
		c.watched[n.Name] = t.Step.Action == plan.ActionPatch && t.Remedy == plan.RemedyNone || t.Step.Asks("registered")
	}
	note := func(note plan.Note) {
		c.news(journal.Event{Kind: journal.StepNoted, Step: t.Step.ID, Node: t.Step.Node, Note: &note})
	}
	c.carry(t, steps.Do(t, poll), note, func(rep plan.Report) {
		if n != nil {
			rep = c.heardOf(n, t, rep)
		}
		c.news(journal.Event{Kind: journal.StepEnded, Step: t.Step.ID, Node: t.Step.Node, Report: &rep})
	})
}

// heardOf is the end of a node's step as it is heard, or is not.
func (c *controller) heardOf(n *host, t plan.Task, rep plan.Report) plan.Report {
	delete(c.watched, n.Name)
	if t.Remedy != plan.RemedyNone && rep.Outcome != plan.NotRun {
		delete(c.approved, n.Name)
	}
	if c.happens(fault.AnswerLost, n) { // as when carrying it out panics
		return plan.Report{Outcome: plan.InDoubt, Detail: "internal error: nobody heard how it ended"}
	}
	if rep.Outcome == plan.Failed {
		n.lost = true
		delete(c.admitted, n.Name)
	}
	return rep
}

// reconcile looks how a step has ended.
func (c *controller) reconcile(t plan.Task) {
	c.once(string(t.Step.ID), t, steps.Reconcile(t, poll), func(rep plan.Report) journal.Event {
		if rep.Outcome == plan.Failed {
			c.byName[t.Step.Node].lost = true
		}
		return journal.Event{Kind: journal.Reconciled, Step: t.Step.ID, Node: t.Step.Node, Report: &rep}
	})
}

// undo takes a temporary change back.
func (c *controller) undo(u plan.Undoing) {
	t := plan.Task{Plan: u.Plan, Run: u.Run, Epoch: u.Epoch, Step: plan.Step{Node: u.Node}}
	c.once(fmt.Sprintf("%s of %s", u.Kind, u.Node), t, steps.Undo(t, u.Kind, poll), func(rep plan.Report) journal.Event {
		e := journal.Event{Kind: journal.ObligationClosed, Node: u.Node, Obligation: &journal.Obligation{ID: u.Kind, Nodes: []inventory.NodeName{u.Node}}}
		if rep.Outcome != plan.Done {
			e.Kind, e.Detail = journal.UndoFailed, rep.Detail
		}
		return e
	})
}

// once carries out what is wanted again and again until its event is there.
func (c *controller) once(what string, t plan.Task, m steps.Machine, event func(plan.Report) journal.Event) {
	if c.busy[what] {
		return
	}
	c.busy[what] = true
	c.carry(t, m, func(plan.Note) {}, func(rep plan.Report) {
		delete(c.busy, what)
		c.news(event(rep))
	})
}
