package patcher

import (
	"context"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// baseline makes the node ready: afterwards nothing is left but the proof, and
// the launch. It records what the verification will compare with, and how long
// the node has been up, which the deadline of the launch is reckoned from. It
// may be repeated.
func (p *Patcher) baseline(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	ctx, cancel := within(ctx, t.Step.Timeout)
	defer cancel()
	ev, err := insist(ctx, p.Poll, note, func() (evidence, error) { return p.evidence(ctx, t) })
	if err != nil {
		return notReady("looking at the node", err)
	}
	if words := ev.foreignWords(); words != "" {
		note(plan.Note{Detail: words})
	}
	found := classify(ev)
	ready := plan.Ready{Attempt: ev.next(), Adopt: found.Outcome != plan.NotRun}
	switch {
	case found.Outcome == plan.InDoubt:
		return found
	case !ready.Adopt:
		if err := p.install(ctx, t); err != nil {
			return notReady("putting the script on the node", err)
		}
		if err := p.lockHere(ctx, t); err != nil {
			return notReady("taking the cluster lock on it", err)
		}
	}
	b, err := p.awaitBaseline(ctx, t, t.Step.Node, func(why string) {
		note(plan.Note{Hold: true, Detail: "waiting for its baseline: " + why})
	})
	if err != nil {
		return failed(plan.BeforeSwap, "no baseline, so nothing was started: %v", err)
	}
	up, err := p.uptime(ctx, t)
	if err != nil {
		return notReady("reading the node's uptime", err)
	}
	ready.BootID, ready.Uptime = up.BootID, plan.Duration(up.For)
	return plan.Report{Outcome: plan.Done, Evidence: b, Deactivated: checks.DeactivatedBefore(b), Ready: &ready}
}

func (p *Patcher) uptime(ctx context.Context, t plan.Task) (node.Uptime, error) {
	h, err := bounded{p.Nodes}.Node(ctx, t.Step.Node)
	if err != nil {
		return node.Uptime{}, err
	}
	return node.ReadUptime(ctx, h)
}

// notReady reports a node that could not be made ready. Nothing was launched.
func notReady(doing string, err error) plan.Report {
	return failed(plan.BeforeSwap, "%s: %v; nothing was started", doing, err)
}
