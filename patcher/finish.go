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
// call is good for as long as its proof is fresh; one that is not answered is not
// repeated on the old proof: the node says how far it came.
func (p *Patcher) finishSwap(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	if t.Proof == "" || t.Until.By.IsZero() {
		return failed(plan.MidSwap, "finish-swap was not called: there is no fresh proof that %s may be stopped", t.Step.Node)
	}
	ctx, cancel := within(ctx, t.Step.Timeout)
	defer cancel()
	swap, h, err := p.ready(ctx, t)
	if err != nil {
		return p.unfinished(ctx, t, err)
	}
	called := node.FinishSwap(ctx, h, swap)
	var refused *node.RefusedError
	var exit *sshexec.ExitError
	switch {
	case errors.As(called, &refused):
		return p.unmended(t, refused)
	case errors.As(called, &exit):
		return failed(plan.MidSwap, "finish-swap: %v", called)
	case called != nil:
		note(plan.Note{Detail: "finish-swap unanswered, asking the node how far it came: " + called.Error()})
	}
	var rep plan.Report
	var coming bool // the call may be on its way, and the node would take it
	for again := true; again; again = coming && pause(ctx, p.Poll) {
		open := time.Now().Before(t.Until.By) // before the look: a call may come after the node's state is read
		rep, err = p.atRest(ctx, t, note)
		coming = open && called != nil && err == nil && rep.Class == plan.MidSwap
	}
	switch {
	case err != nil:
		return inDoubt(t, err)
	case coming:
		return inDoubt(t, called)
	case rep.Outcome != plan.Done && rep.Outcome != plan.Failed:
		return plan.Report{Outcome: plan.InDoubt, Class: rep.Class, Detail: "finish-swap was called: " + rep.Detail}
	}
	return rep
}

// ready makes the node take a call of this controller: its claim, the program,
// and on a master the run's lock. All of that, and the beginning of the call
// itself, must be done while the proof of the step is fresh.
func (p *Patcher) ready(ctx context.Context, t plan.Task) (node.Swap, Host, error) {
	swap := node.Swap{Claim: p.claim(t), SHA256: t.Plan.Script.SHA256, Packages: t.Plan.Script.Packages}
	ctx, cancel := context.WithDeadline(ctx, t.Until.By)
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
	swap.Until = up.At(plan.FreshFor - elapsed.Since(t.Until.By.Add(-plan.FreshFor)))
	return swap, h, err
}

// atRest judges how a cut swap is left once no call of finish-swap is at work on
// the node: one that was not answered holds the node's lock for as long as it lasts.
// The claim that is made for that also keeps calls of earlier controllers from
// beginning later.
func (p *Patcher) atRest(ctx context.Context, t plan.Task, note func(plan.Note)) (plan.Report, error) {
	ev, err := insist(ctx, p.Poll, note, func() (evidence, error) {
		h, err := bounded{p.Nodes}.Node(ctx, t.Step.Node)
		if err != nil {
			return evidence{}, err
		}
		var exit *sshexec.ExitError
		if err := node.Init(ctx, h, p.claim(t)); err != nil && !errors.As(err, &exit) { // a node that can write down no claim begins no call either
			return evidence{}, err
		}
		return p.evidence(ctx, t)
	})
	return classify(ev), err
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
func (p *Patcher) unfinished(ctx context.Context, t plan.Task, err error) plan.Report {
	var refused *node.RefusedError
	switch {
	case ctx.Err() != nil, errors.As(err, &refused) && refused.Word == node.RefusedEpoch:
		return inDoubt(t, err)
	case refused != nil && refused.Word == node.RefusedBusy:
		return p.unmended(t, refused)
	case errors.Is(err, context.DeadlineExceeded):
		return plan.Report{Outcome: plan.NotRun, Class: plan.MidSwap, Detail: fmt.Sprintf("finish-swap was not called while its proof was fresh: %v", err)}
	}
	return failed(plan.MidSwap, "before finish-swap was called: %s; the swap is cut as it was", reason(err))
}
