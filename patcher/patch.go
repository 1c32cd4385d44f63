package patcher

import (
	"context"
	"errors"
	"fmt"

	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// patch starts the script detached, once, and watches it to its end. Losing
// the connection, or the whole controller, is a gap in watching: the script
// goes on, and the node's receipts say what became of it.
func (p *Patcher) patch(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	ctx, cancel := within(ctx, t.Step.Timeout)
	defer cancel()
	ev, err := p.insist(ctx, t, note)
	if err != nil {
		return inDoubt(t, err)
	}
	if rep := classify(ev); rep.Outcome != plan.NotRun {
		return p.watch(ctx, t, rep, note)
	}
	if err := p.install(ctx, t); err != nil {
		return unlaunched(ctx, t, "putting the script on the node", err)
	}
	h, err := p.Nodes.Node(ctx, t.Step.Node)
	if err != nil {
		return unlaunched(ctx, t, "connecting", err)
	}
	unit, err := node.Launch(ctx, h, node.Start{Claim: p.claim(t), SHA256: t.Plan.Script.SHA256, Attempt: ev.next(), From: t.Plan.From})
	var refused *node.RefusedError
	switch {
	case errors.As(err, &refused) && refused.Word != "receipt":
		return p.refused(t, refused)
	case err != nil: // it may have started: only the receipts know
		note(plan.Note{Detail: "launch unanswered, reading the node's receipts: " + err.Error()})
	default:
		note(plan.Note{Detail: "script started as " + unit})
	}
	if ev, err = p.insist(ctx, t, note); err != nil {
		return inDoubt(t, err)
	}
	return p.watch(ctx, t, classify(ev), note)
}

// refused judges a refusal of the node program to launch. Nothing was started.
func (p *Patcher) refused(t plan.Task, r *node.RefusedError) plan.Report {
	switch r.Word {
	case "midswap":
		return failed(plan.MidSwap, "%v", r)
	case "epoch":
		return plan.Report{Outcome: plan.InDoubt, Detail: "this run has been taken over by another controller: " + r.Error()}
	default:
		return failed(plan.BeforeSwap, "%v", r)
	}
}

// unlaunched reports a step that ended before anything was launched.
func unlaunched(ctx context.Context, t plan.Task, doing string, err error) plan.Report {
	if ctx.Err() != nil {
		return inDoubt(t, err)
	}
	return failed(plan.BeforeSwap, "%s: %s; nothing was started", doing, reason(err))
}

// reason is an error's text. Of a command that has failed it is what the node
// said: the command, which doing names, would fill the line.
func reason(err error) string {
	var exit *sshexec.ExitError
	if errors.As(err, &exit) && exit.LastWords() != "" {
		return fmt.Sprintf("%s: exit code %d: %s", exit.Node, exit.Code, exit.LastWords())
	}
	return err.Error()
}

// watch waits for the end of a running script.
func (p *Patcher) watch(ctx context.Context, t plan.Task, rep plan.Report, note func(plan.Note)) plan.Report {
	h := hold{node: t.Step.Node}
	for rep.Outcome == plan.Running {
		p.missed(ctx, t, &h, note)
		ev, err := evidence{}, errUnheard
		if pause(ctx, p.Poll) {
			ev, err = p.insist(ctx, t, note)
		}
		switch {
		case errors.Is(err, errUnheard):
			return plan.Report{Outcome: plan.InDoubt, Class: rep.Class, Detail: "stopped watching, still running: " + rep.Detail}
		case err != nil:
			return plan.Report{Outcome: plan.InDoubt, Detail: fmt.Sprintf("stopped watching; the script was running when last seen: %v", err)}
		}
		rep = classify(ev)
	}
	if rep.Outcome == plan.NotRun { // launch did not answer, and the node knows of no start: proved before the swap
		return failed(plan.BeforeSwap, "the node never began the script")
	}
	return rep
}

// missed looks for an agent at the leader while its script runs.
func (p *Patcher) missed(ctx context.Context, t plan.Task, h *hold, note func(plan.Note)) {
	for _, n := range t.Plan.Masters() {
		if n.Name == t.Step.Node {
			return
		}
	}
	if away, err := p.Gates.Away(ctx, t.Step.Node); err == nil {
		h.see(away, note)
	}
}

// errUnheard means that the time to ask in was over before an answer could come.
var errUnheard = errors.New("nobody waited for the answer")

// insist asks for evidence until the node answers or ctx ends: while a node is
// patched it loses its network, its DNS and sometimes its sshd for a while.
func (p *Patcher) insist(ctx context.Context, t plan.Task, note func(plan.Note)) (evidence, error) {
	for first := true; ; first = false {
		ev, err := p.evidence(ctx, t)
		if err == nil {
			if !first {
				note(plan.Note{Detail: "the node answers again"})
			}
			return ev, nil
		}
		if errors.Is(err, sshexec.ErrHostKey) || errors.Is(err, sshexec.ErrAuth) || errors.Is(err, errOtherMachine) {
			return evidence{}, err
		}
		switch {
		case first && ctx.Err() != nil: // says nothing about the node
			return evidence{}, fmt.Errorf("%w: %w", errUnheard, err)
		case first:
			note(plan.Note{Detail: "the node does not answer: " + err.Error()})
		}
		if !pause(ctx, p.Poll) {
			return evidence{}, err
		}
	}
}

// evidence reads receipts and state of the node.
func (p *Patcher) evidence(ctx context.Context, t plan.Task) (evidence, error) {
	ev := evidence{Script: t.Plan.Script, Run: t.Run, Attempt: t.Attempt}
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
