package steps

import (
	"errors"
	"fmt"

	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// question is a machine that asks its node about an attempt.
type question struct {
	machine
	attempt int // its number on the node; 0: not known, it is the next

	once   bool             // a failure is an answer: it is not asked again
	silent bool             // the last try failed
	hold   hold             // of a patch
	again  func() Move      // asks from the beginning
	heard  func(error) Move // takes the answer, which is in ev and found, or why there is none

	ev    evidence
	found plan.Report // ev, judged
	fence []int       // attempts that are still to be called off
}

// errUnheard means that the time to ask in was over before an answer could come.
var errUnheard = errors.New("the time to wait for an answer was over")

// insist asks until the node answers or the step's time is over: while a node is
// patched it loses its network, its DNS and sometimes its sshd for a while.
func (q *question) insist(ask func() Move, heard func(error) Move) Move {
	q.silent, q.again, q.heard = false, ask, heard
	return ask()
}

// answered ends a try.
func (q *question) answered(err error) Move {
	switch {
	case err == nil && q.silent:
		q.say("the node answers again")
		return q.heard(nil)
	case err == nil, q.once, final(err):
		return q.heard(err)
	case !q.silent && q.over(): // says nothing about the node
		return q.heard(fmt.Errorf("%w: %w", errUnheard, err))
	case !q.silent:
		q.say("the node does not answer: %v", err)
	}
	q.silent = true
	return q.pause(q.again, func() Move { return q.heard(err) })
}

// say tells how the asking goes. A hold goes on: it ends with the next text that does
// not ask for it.
func (q *question) say(format string, args ...any) {
	n := plan.Note{Detail: fmt.Sprintf(format, args...)}
	if q.hold.asked {
		n.Hold, n.Detail = true, "away, and "+n.Detail
	}
	q.tell(n)
}

// final reports an answer that asking again does not change.
func final(err error) bool {
	var refused *node.RefusedError
	return errors.Is(err, sshexec.ErrHostKey) || errors.Is(err, sshexec.ErrAuth) || errors.Is(err, errOtherMachine) ||
		errors.As(err, &refused) && refused.Word != node.RefusedBusy
}

// errOtherMachine means that the inventory leads to a machine that the plan does not mean:
// what it says is no evidence, and nothing is done to it.
var errOtherMachine = errors.New("the address in the inventory is wrong")

// look reads receipts and state of the node, and judges the attempt by them.
func (q *question) look(then func() Move) Move {
	return q.call(Call{Do: Look, Within: 2 * AskTimeout}, func(a Answer) Move {
		if a.Err != nil {
			return q.answered(a.Err)
		}
		if why := q.task.Node().OtherMachine(a.Survey.IP, a.Survey.MachineDigest()); why != "" {
			return q.answered(fmt.Errorf("%s: %w: %s", q.task.Step.Node, errOtherMachine, why))
		}
		q.ev = evidence{Script: q.task.Plan.Script, Run: q.task.Run, Cluster: q.task.Plan.Cluster.ID, Attempt: q.task.Attempt, Receipts: a.Receipts, Survey: a.Survey}
		q.found = classify(q.ev)
		return then()
	})
}

// state asks how the attempt stands, and takes what the node shows for it.
func (q *question) state() Move { return q.look(func() Move { return q.answered(nil) }) }

// settled asks how the attempt has ended. That it never began is believed only once
// every launch of it that may still be on its way has been called off on the node:
// sshd finishes a command whose client is gone, and sudo may be slow.
func (q *question) settled() Move {
	return q.look(func() Move {
		q.fence = q.ev.unfenced(q.attempt)
		return q.callOff()
	})
}

func (q *question) callOff() Move {
	switch {
	case q.found.Outcome != plan.NotRun:
		return q.answered(nil)
	case len(q.fence) == 0:
		q.found = plan.Report{Outcome: plan.NotRun, Class: plan.BeforeSwap, Detail: "the node never began the script, and a late launch of it is refused: it was called off"}
		return q.answered(nil)
	}
	n := q.fence[0]
	q.fence = q.fence[1:]
	return q.call(Call{Do: CallOff, Attempt: n, Within: AskTimeout}, func(a Answer) Move {
		switch {
		case a.Err != nil:
			return q.answered(fmt.Errorf("calling off attempt %d: %w", n, a.Err))
		case a.State != node.CalledOff: // it began between the two questions
			return q.look(q.callOff)
		}
		return q.callOff()
	})
}

// idle asks how a cut swap is left once no call of finish-swap is under way on the
// node: one that was not answered holds the node's lock for as long as it lasts. The
// claim that is made for that also keeps calls of earlier controllers from beginning
// later.
func (q *question) idle() Move {
	return q.call(Call{Do: Claim}, func(a Answer) Move {
		var exit *sshexec.ExitError
		if a.Err != nil && !errors.As(a.Err, &exit) { // a node that can write down no claim begins no call either
			return q.answered(a.Err)
		}
		return q.state()
	})
}
