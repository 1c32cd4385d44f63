package steps

import (
	"errors"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// baseline makes the node ready: afterwards nothing is left but the proof, and
// the launch. It records what the verification will compare with, and how long
// the node has been up, which the deadline of the launch is reckoned from. It
// may be repeated.
type baseline struct {
	question
	ready plan.Ready
	taken plan.Report
}

func (b *baseline) start(Answer) Move {
	b.begin()
	return b.insist(b.state, b.looked)
}

func (b *baseline) looked(err error) Move {
	if err != nil {
		return notReady("looking at the node", err)
	}
	if words := b.ev.foreignWords(); words != "" {
		b.note("%s", words)
	}
	b.ready = plan.Ready{Attempt: b.ev.next(), Adopt: b.found.Outcome != plan.NotRun}
	switch {
	case b.found.Outcome == plan.InDoubt:
		return end(b.found)
	case b.ready.Adopt:
		return b.take()
	}
	verbs := install()
	if b.master() { // it may have been out of reach when the cluster was locked, and no master is launched without
		verbs = append(verbs, Lock)
	}
	return b.inTurn(verbs, Call{}, func(v Verb, a Answer) Move {
		switch {
		case a.Err == nil:
			return b.take()
		case v == Lock:
			return notReady("taking the cluster lock on it", a.Err)
		}
		return notReady("putting the script on the node", a.Err)
	})
}

// install puts the node program and the pinned script on the node, which first
// refuses the run if it is another controller's.
func install() []Verb { return []Verb{Claim, PutProgram, PutScript} }

func (b *baseline) take() Move {
	of := ready(b.machine, &taking{waits: plan.Note{Hold: true, Detail: "waiting for its baseline: "}})
	return b.part(of, func(rep plan.Report) Move {
		if rep.Outcome != plan.Done {
			return end(failed(plan.BeforeSwap, "no baseline, so nothing was started: %s", rep.Detail))
		}
		b.taken = rep
		return b.call(Call{Do: ReadUptime}, b.read)
	})
}

func (b *baseline) read(a Answer) Move {
	if a.Err != nil {
		return notReady("reading the node's uptime", a.Err)
	}
	b.ready.BootID, b.ready.Uptime = a.Uptime.BootID, plan.Duration(a.Uptime.For)
	b.taken.Ready = &b.ready
	return end(b.taken)
}

// notReady reports a node that could not be made ready. Nothing was launched.
func notReady(doing string, err error) Move {
	return end(failed(plan.BeforeSwap, "%s: %v; nothing was started", doing, err))
}

// taking takes a baseline, again and again as a gate is asked: nothing was
// touched, so that a failover, which takes half a minute, is no failure. Each try
// reads everything again. The report of a failure has only its reason.
type taking struct {
	machine
	waits plan.Note // told of each new reason, which is put behind its Detail
	node  time.Time // until when the node's own silence is waited for
	last  error
}

// nodeShare is the part of a step's timeout that a node's own silence is waited
// for; what the cluster lacks, as in a failover, is waited for in full.
const nodeShare = 4

func (k *taking) start(Answer) Move {
	k.begin()
	k.node = k.now.Add(k.task.Step.Timeout.D() / nodeShare)
	return k.try()
}

func (k *taking) try() Move { return k.call(Call{Do: TakeBaseline}, k.taken) }

func (k *taking) taken(a Answer) Move {
	var lacking *checks.LackingError
	timeout := k.task.Step.Timeout
	switch err := a.Err; {
	case err == nil:
		return end(plan.Report{Outcome: plan.Done, Evidence: a.Baseline, Deactivated: checks.DeactivatedBefore(a.Baseline)})
	case k.over() && k.last != nil: // cut short: it says only that
		return k.late()
	case errors.Is(err, sshexec.ErrHostKey), errors.Is(err, sshexec.ErrAuth), k.over(), timeout <= 0:
		return end(plan.Report{Outcome: plan.Failed, Detail: err.Error()})
	case !errors.As(err, &lacking) && !k.now.Before(k.node):
		return end(plan.Report{Outcome: plan.Failed, Detail: fmt.Sprintf("%v (waited %s)", err, timeout/nodeShare)})
	}
	if k.last == nil || k.last.Error() != a.Err.Error() {
		n := k.waits
		n.Detail += a.Err.Error()
		k.tell(n)
	}
	k.last = a.Err
	return k.pause(k.try, k.late)
}

func (k *taking) late() Move {
	return end(plan.Report{Outcome: plan.Failed, Detail: fmt.Sprintf("%v (waited %s)", k.last, k.task.Step.Timeout)})
}
