package patcher

import (
	"context"
	"fmt"

	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// settled judges how an attempt has ended. That it never began is believed only
// once every launch of it that may still be on its way has been called off on
// the node: sshd finishes a command whose client is gone, and sudo may be slow.
func (p *Patcher) settled(ctx context.Context, t plan.Task, attempt int) (plan.Report, error) {
	ev, err := p.evidence(ctx, t)
	if err != nil {
		return plan.Report{}, err
	}
	if rep := classify(ev); rep.Outcome != plan.NotRun {
		return rep, nil
	}
	for _, n := range ev.unfenced(attempt) {
		state, err := p.callOff(ctx, t, n)
		if err != nil {
			return plan.Report{}, fmt.Errorf("calling off attempt %d: %w", n, err)
		}
		if state != node.CalledOff { // it began between the two questions
			if ev, err = p.evidence(ctx, t); err != nil {
				return plan.Report{}, err
			}
			if rep := classify(ev); rep.Outcome != plan.NotRun {
				return rep, nil
			}
		}
	}
	return plan.Report{Outcome: plan.NotRun, Class: plan.BeforeSwap, Detail: "the node never began the script, and a late launch of it is refused: it was called off"}, nil
}

// unfenced are the attempts that may still begin: those that were launched and
// have not begun, and the one that the node has heard nothing of. attempt is
// its number; 0: not known, it is the next.
func (ev evidence) unfenced(attempt int) []int {
	if attempt == 0 {
		attempt = ev.next()
	}
	var all []int
	for _, r := range ev.Receipts {
		if r.State == node.Unbegun {
			all = append(all, r.Attempt)
		}
		if r.Attempt == attempt {
			attempt = 0
		}
	}
	if attempt > 0 {
		all = append(all, attempt)
	}
	return all
}

func (p *Patcher) callOff(ctx context.Context, t plan.Task, attempt int) (node.RunState, error) {
	h, err := bounded{p.Nodes}.Node(ctx, t.Step.Node)
	if err != nil {
		return node.RunUnknown, err
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	return node.CallOff(ctx, h, p.claim(t), t.Plan.Script.SHA256, attempt)
}
