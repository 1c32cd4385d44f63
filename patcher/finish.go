package patcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// finishSwap finishes the cut swap of a node forward, in place of the script. The
// call is good for as long as a proof is fresh; one that is not answered is not
// repeated on the old proof: the node says how far it came.
func (p *Patcher) finishSwap(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	ctx, cancel := within(ctx, t.Step.Timeout)
	defer cancel()
	swap, h, err := p.ready(ctx, t)
	if err != nil {
		return unfinished(ctx, t, err)
	}
	err = node.FinishSwap(ctx, h, swap)
	var refused *node.RefusedError
	var exit *sshexec.ExitError
	switch {
	case errors.As(err, &refused):
		return p.unmended(t, refused)
	case errors.As(err, &exit):
		return failed(plan.MidSwap, "finish-swap: %v", err)
	case err != nil:
		note(plan.Note{Detail: "finish-swap unanswered, asking the node how far it came: " + err.Error()})
	}
	ev, err := insist(ctx, p.Poll, note, func() (evidence, error) { return p.quiet(ctx, t) })
	if err != nil {
		return inDoubt(t, err)
	}
	rep := classify(ev)
	if rep.Outcome != plan.Done && rep.Outcome != plan.Failed {
		return plan.Report{Outcome: plan.InDoubt, Class: rep.Class, Detail: "finish-swap was called: " + rep.Detail}
	}
	return rep
}

// ready makes the node take a call of this controller: its claim, the program,
// and on a master the run's lock. All of that, and the call itself, must be done
// while the proof of the step is fresh.
func (p *Patcher) ready(ctx context.Context, t plan.Task) (node.Swap, Host, error) {
	swap := node.Swap{Claim: p.claim(t), SHA256: t.Plan.Script.SHA256, Packages: t.Plan.Script.Packages}
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, plan.FreshFor)
	defer cancel()
	h, err := p.Nodes.Node(ctx, t.Step.Node)
	if err != nil {
		return swap, nil, err
	}
	if err := node.Init(ctx, h, swap.Claim); err != nil {
		return swap, nil, err
	}
	if err := put(ctx, h, node.InstalledPath(), node.Program()); err != nil {
		return swap, nil, err
	}
	if err := p.lockHere(ctx, t); err != nil {
		return swap, nil, err
	}
	up, err := node.ReadUptime(ctx, h)
	swap.Until = up.At(plan.FreshFor - elapsed.Since(began))
	return swap, h, err
}

// quiet is evidence of a node on which no call of ours is under way: one that was
// not answered holds the node's lock for as long as it lasts.
func (p *Patcher) quiet(ctx context.Context, t plan.Task) (evidence, error) {
	h, err := bounded{p.Nodes}.Node(ctx, t.Step.Node)
	if err != nil {
		return evidence{}, err
	}
	if err := node.Init(ctx, h, p.claim(t)); err != nil {
		return evidence{}, err
	}
	return p.evidence(ctx, t)
}

// unmended judges a refusal to finish a swap. Nothing was changed.
func (p *Patcher) unmended(t plan.Task, r *node.RefusedError) plan.Report {
	switch r.Word {
	case node.RefusedLate, node.RefusedBusy:
		return plan.Report{Outcome: plan.NotRun, Class: plan.MidSwap, Detail: r.Error()}
	case node.RefusedEpoch:
		return p.refused(t, r)
	}
	return failed(plan.MidSwap, "%v", r)
}

// unfinished reports a remedy that ended before it was called.
func unfinished(ctx context.Context, t plan.Task, err error) plan.Report {
	var refused *node.RefusedError
	switch {
	case ctx.Err() != nil, errors.As(err, &refused) && refused.Word == node.RefusedEpoch:
		return inDoubt(t, err)
	case errors.Is(err, context.DeadlineExceeded):
		return plan.Report{Outcome: plan.NotRun, Class: plan.MidSwap, Detail: fmt.Sprintf("finish-swap was not called while its proof was fresh: %v", err)}
	}
	return failed(plan.MidSwap, "before finish-swap was called: %s; the swap is cut as it was", reason(err))
}
