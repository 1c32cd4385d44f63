package steps

import (
	"errors"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// patch launches the script, detached, once, and watches it to its end. Nothing
// is asked or installed before the launch, which is what its proof is good for:
// see Baseline. Losing the connection, or the whole controller, is a gap in
// watching: the script goes on, and the node's receipts say what became of it.
type patch struct {
	question
	running plan.Report // what the node said last of the running script
}

// start asks the node once to start the script, and only as long as the proof is fresh.
func (p *patch) start(Answer) Move {
	p.begin()
	if p.task.Adopt {
		return p.insist(p.ask, p.watched)
	}
	until := p.task.Until
	switch why := p.task.Unlaunchable(); {
	case why != "":
		return end(failed(plan.BeforeSwap, "nothing was launched: %s", why))
	case until.Over():
		return end(unsent(errClockSet))
	case !p.now.Before(until.By):
		return end(unsent(errLate))
	}
	p.attempt = p.task.Ready.Attempt
	return p.call(Call{Do: Launch, By: until.By, Attempt: p.attempt, Until: node.Deadline{BootID: until.BootID, Uptime: int(until.Uptime.D() / time.Second)}}, p.launched)
}

// Why a launch is not sent: its lane is admitted again.
var (
	errClockSet = errors.New("the controller's clock was set back since the node was made ready")
	errLate     = errors.New("its proof is too old")
)

func (p *patch) launched(a Answer) Move {
	if a.Err == nil {
		p.note("script started as %s", a.Unit)
	} else if rep, over := unstarted(a); over {
		return end(rep)
	} else {
		p.note("launch unanswered, reading the node's receipts: %v", a.Err)
	}
	return p.insist(p.ask, p.watched)
}

// unsent reports a launch that never left the controller.
func unsent(err error) plan.Report {
	return plan.Report{Outcome: plan.NotRun, Class: plan.BeforeSwap, Detail: fmt.Sprintf("the launch was not sent: %v; nothing was started", err)}
}

// unstarted reports a launch that the node has answered, and that has started
// nothing. False: it has started the script, or may have.
func unstarted(a Answer) (plan.Report, bool) {
	var (
		refused *node.RefusedError
		sudo    *sshexec.SudoError
		exit    *sshexec.ExitError
	)
	switch err := a.Err; {
	case a.neverSent():
		return unsent(err), true
	case errors.As(err, &refused):
		return refusal(refused), refused.Word != node.RefusedReceipt
	case errors.As(err, &sudo), errors.As(err, &exit) && exit.Code < 128: // above, a signal ended it, at any point
		return failed(plan.BeforeSwap, "launching: %v; nothing was started", err), true
	}
	return plan.Report{}, false
}

// refusal judges a refusal of the node program to launch. Nothing was started.
func refusal(r *node.RefusedError) plan.Report {
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

// watch waits for the end of a running script.
func (p *patch) watch() Move {
	p.running, p.attempt = p.found, 0
	if p.found.Outcome != plan.Running {
		return end(p.found)
	}
	return p.missed(func() Move { return p.pause(p.watchOn, p.unwatched) })
}

// missed looks for an agent at the leader.
func (p *patch) missed(then func() Move) Move {
	if p.master() {
		return then()
	}
	return p.call(Call{Do: AskAway}, func(a Answer) Move {
		if a.Err == nil {
			p.hold.see(a.Away, p.tell)
		}
		return then()
	})
}

// ask asks the node how the script stands. An agent whose node is silent is looked for
// at the leader all the same.
func (p *patch) ask() Move {
	if p.silent {
		return p.missed(p.settled)
	}
	return p.settled()
}

func (p *patch) watchOn() Move { return p.insist(p.ask, p.watched) }

// watched goes on from what the node has said, or has not.
func (p *patch) watched(err error) Move {
	switch {
	case err == nil:
		return p.watch()
	case p.running.Outcome != plan.Running:
		return p.inDoubt(err)
	case errors.Is(err, errUnheard):
		return p.unwatched()
	}
	return end(plan.Report{Outcome: plan.InDoubt, Detail: fmt.Sprintf("stopped watching; the script was running when last seen: %v", err)})
}

func (p *patch) unwatched() Move {
	return end(plan.Report{Outcome: plan.InDoubt, Class: p.running.Class, Detail: "stopped watching, still running: " + p.running.Detail})
}

// reconcile finds out how a patch in doubt has ended. A call of finish-swap that is
// under way on a cut swap is waited for.
type reconcile struct{ question }

func (r *reconcile) start(Answer) Move { return r.insist(r.settled, r.ended) }

func (r *reconcile) ended(err error) Move {
	switch {
	case err != nil:
		return r.inDoubt(err)
	case r.once && r.found.Outcome == plan.Failed && (r.found.Class == plan.MidSwap || r.found.Class == plan.NotStarted):
		r.once = false
		r.begin()
		return r.insist(r.idle, r.ended)
	}
	return end(r.found)
}
