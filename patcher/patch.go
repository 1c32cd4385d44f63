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

// patch launches the script, detached, once, and watches it to its end. Nothing
// is asked or installed before the launch, which is what its proof is good for:
// see baseline. Losing the connection, or the whole controller, is a gap in
// watching: the script goes on, and the node's receipts say what became of it.
func (p *Patcher) patch(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	ctx, cancel := within(ctx, t.Step.Timeout)
	defer cancel()
	attempt := 0
	if !t.Adopt {
		if why := t.Unlaunchable(); why != "" {
			return failed(plan.BeforeSwap, "nothing was launched: %s", why)
		}
		attempt = t.Ready.Attempt
		if rep, over := p.launch(ctx, t, note); over {
			return rep
		}
	}
	rep, err := insist(ctx, p.Poll, note, func() (plan.Report, error) { return p.settled(ctx, t, attempt) })
	if err != nil {
		return inDoubt(t, err)
	}
	return p.watch(ctx, t, rep, note)
}

// launch asks the node once to start the script, and only as long as the proof
// is fresh. True: it is proved that nothing was started, and the report says why.
func (p *Patcher) launch(ctx context.Context, t plan.Task, note func(plan.Note)) (plan.Report, bool) {
	if t.Until.Over() {
		return unsent(errClockSet), true
	}
	intime, cancel := context.WithDeadline(ctx, t.Until.By)
	defer cancel()
	h, err := p.Nodes.Node(intime, t.Step.Node)
	if err != nil {
		return unsent(err), true
	}
	until := node.Deadline{BootID: t.Until.BootID, Uptime: int(t.Until.Uptime.D() / time.Second)}
	unit, err := node.Launch(intime, h, node.Start{Claim: p.claim(t), SHA256: t.Plan.Script.SHA256, Attempt: t.Ready.Attempt, From: t.Plan.From, Until: until})
	if err == nil {
		note(plan.Note{Detail: "script started as " + unit})
		return plan.Report{}, false
	}
	rep, over := p.unstarted(t, err)
	if !over {
		note(plan.Note{Detail: "launch unanswered, reading the node's receipts: " + err.Error()})
	}
	return rep, over
}

// unsent reports a launch that never left the controller.
func unsent(err error) plan.Report {
	return plan.Report{Outcome: plan.NotRun, Class: plan.BeforeSwap, Detail: fmt.Sprintf("the launch was not sent: %v; nothing was started", err)}
}

// unstarted reports a launch that the node has answered, and that has started
// nothing. False: it has started the script, or may have.
func (p *Patcher) unstarted(t plan.Task, err error) (plan.Report, bool) {
	var (
		refused *node.RefusedError
		notRun  *sshexec.NotRunError
		sudo    *sshexec.SudoError
		exit    *sshexec.ExitError
	)
	switch {
	case errors.As(err, &refused):
		return p.refused(t, refused), refused.Word != node.RefusedReceipt
	case errors.As(err, &notRun):
		return unsent(err), true
	case errors.As(err, &sudo), errors.As(err, &exit) && exit.Code < 128: // above, a signal ended it, at any point
		return failed(plan.BeforeSwap, "launching: %v; nothing was started", err), true
	}
	return plan.Report{}, false
}

// refused judges a refusal of the node program to launch. Nothing was started.
func (p *Patcher) refused(t plan.Task, r *node.RefusedError) plan.Report {
	switch r.Word {
	case node.RefusedMidswap:
		return failed(plan.MidSwap, "%v", r)
	case node.RefusedEpoch:
		return plan.Report{Outcome: plan.InDoubt, Detail: "this run has been taken over by another controller: " + r.Error()}
	case node.RefusedLate:
		return plan.Report{Outcome: plan.NotRun, Class: plan.BeforeSwap, Detail: fmt.Sprintf("%v; nothing was started", r)}
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
		now, err := plan.Report{}, errUnheard
		if pause(ctx, p.Poll) {
			now, err = insist(ctx, p.Poll, note, func() (plan.Report, error) { return p.settled(ctx, t, 0) })
		}
		switch {
		case errors.Is(err, errUnheard):
			return plan.Report{Outcome: plan.InDoubt, Class: rep.Class, Detail: "stopped watching, still running: " + rep.Detail}
		case err != nil:
			return plan.Report{Outcome: plan.InDoubt, Detail: fmt.Sprintf("stopped watching; the script was running when last seen: %v", err)}
		}
		rep = now
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

// errClockSet means that no deadline can be given: the lane is admitted again.
var errClockSet = errors.New("the controller's clock was set back since the node was made ready")
