package patcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// errUnheard means that the time to ask in was over before an answer could come.
var errUnheard = errors.New("the time to wait for an answer was over")

// insist asks until the node answers or ctx ends: while a node is patched it
// loses its network, its DNS and sometimes its sshd for a while.
func insist[T any](ctx context.Context, every time.Duration, note func(plan.Note), ask func() (T, error)) (T, error) {
	var none T
	for first := true; ; first = false {
		got, err := ask()
		if err == nil {
			if !first {
				note(plan.Note{Detail: "the node answers again"})
			}
			return got, nil
		}
		if final(err) {
			return none, err
		}
		switch {
		case first && ctx.Err() != nil: // says nothing about the node
			return none, fmt.Errorf("%w: %w", errUnheard, err)
		case first:
			note(plan.Note{Detail: "the node does not answer: " + err.Error()})
		}
		if !pause(ctx, every) {
			return none, err
		}
	}
}

// final reports an answer that asking again does not change.
func final(err error) bool {
	var refused *node.RefusedError
	return errors.Is(err, sshexec.ErrHostKey) || errors.Is(err, sshexec.ErrAuth) || errors.Is(err, errOtherMachine) ||
		errors.As(err, &refused) && refused.Word != node.RefusedBusy
}

// evidence reads receipts and state of the node.
func (p *Patcher) evidence(ctx context.Context, t plan.Task) (evidence, error) {
	ev := evidence{Script: t.Plan.Script, Run: t.Run, Cluster: t.Plan.Cluster.ID, Attempt: t.Attempt}
	h, err := bounded{p.Nodes}.Node(ctx, t.Step.Node)
	if err != nil {
		return ev, err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*askPatience) // two questions
	defer cancel()
	if ev.Receipts, err = node.Receipts(ctx, h, t.Plan.Script.SHA256); err != nil {
		return ev, err
	}
	if ev.Survey, err = node.TakeSurvey(ctx, h); err != nil {
		return ev, err
	}
	if why := planned(t).OtherMachine(ev.Survey.IP, machineDigest(ev.Survey)); why != "" {
		return ev, fmt.Errorf("%s: %w: %s", t.Step.Node, errOtherMachine, why)
	}
	return ev, nil
}

// errOtherMachine means that the inventory leads to a machine that the plan does not mean:
// what it says is no evidence, and nothing is done to it.
var errOtherMachine = errors.New("the address in the inventory is wrong")

// planned is the node of a step as the plan has it.
func planned(t plan.Task) plan.Node {
	for _, n := range t.Plan.Nodes {
		if n.Name == t.Step.Node {
			return n
		}
	}
	return plan.Node{}
}
