package console

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/render"
)

// Ended tells of a run that was ended unfinished; where its cluster is gone no node was asked.
func (c *Console) Ended(end controller.Ended, gone bool) {
	c.accepted(end.Accepted)
	v := end.State.View(time.Now())
	render.Say(c.Out, "run %s has ended unfinished: %s", v.Run, v.Abandoned)
	render.Say(c.Out, "  state   %s", render.TallyLine(v))
	fmt.Fprint(c.Out, c.Program.Unfinished(v))
	for _, n := range end.MidSwap {
		render.Say(c.Out, "  left    %s is in the middle of a swap of packages: repair it by hand", n)
	}
	for _, n := range end.Unasked {
		render.Say(c.Out, "  left    %s is no longer in the inventory, and was not asked", n)
	}
	if gone {
		render.Say(c.Out, "  left    no node was asked: what the run has put on them, and its lock, is there if they are")
	}
}

// Broken tells of a lock that was broken, and why.
func (c *Console) Broken(b controller.Broken, reason string) {
	switch {
	case b.GaveBack:
		render.Say(c.Out, "the lock was given back in the meantime")
	case len(b.Runs) == 0:
		render.Say(c.Out, "no run holds the lock")
	}
	c.accepted(b.Accepted)
	for _, run := range b.Runs {
		render.Say(c.Out, "lock of run %s broken, epoch %d: %s", node.Said(run), b.Epoch, reason)
		if next := afterBroken(b, run); next != nil && !c.JSON {
			render.Say(c.Out, "  next  %s", c.Program.Run(next...))
		}
	}
}

// AfterBroken are the commands that go on from locks that were broken.
func AfterBroken(b controller.Broken) []advice.Command {
	var all []advice.Command
	for _, run := range b.Runs {
		if next := afterBroken(b, run); next != nil {
			all = append(all, next)
		}
	}
	return all
}

// afterBroken is the command that goes on from the lock of a run; nil: none does.
func afterBroken(b controller.Broken, run string) advice.Command {
	switch {
	case slices.Contains(b.Unbegun, run):
		return advice.Command{"apply"}
	case journal.IsRunName(run):
		return orchestrator.ResumeElsewhere(run)
	}
	return nil
}

// accepted names what was accepted, as it was when it was.
func (c *Console) accepted(all []controller.Accepted) {
	for _, x := range all {
		render.Say(c.Out, "%s accepted: %s (%s)", x.Node, x.Reason, x.Found)
	}
}

// Held says who holds the cluster lock: apply is refused for as long.
func (c *Console) Held(h controller.Holder) {
	render.Say(c.Err, "dcos-patch: %s is locked by run %s (%s; %s): apply is refused as long as that is so, and what is not well may be a node that it is patching",
		h.Node, node.Said(h.Run), node.Said(h.Owner), h.Since())
	render.Say(c.Err, "  next  %s", c.Program.Text(h.Advice()))
}
