package steps

import (
	"errors"
	"fmt"

	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// finish finishes the cut swap of a node forward, in place of the script. The
// call is good for as long as its proof is fresh; one that is not answered is not
// repeated on the old proof: the node says how far it came.
type finish struct {
	question
	called error // why the call was not answered; nil: it was
	open   bool  // the node would still take the call when it was looked at
}

// start makes the node take a call of this controller: its claim, the program, and
// on a master the run's lock. All of that, and the beginning of the call itself, must
// be done while the proof of the step is fresh.
func (f *finish) start(Answer) Move {
	t := f.task
	if t.Proof == "" || t.Until.By.IsZero() {
		return end(failed(plan.MidSwap, "finish-swap was not called: there is no fresh proof that %s may be stopped", t.Step.Node))
	}
	f.begin()
	verbs := []Verb{Claim, PutProgram, ReadUptime}
	if f.master() {
		verbs = []Verb{Claim, PutProgram, Lock, ReadUptime}
	}
	return f.inTurn(verbs, Call{By: t.Until.By}, func(_ Verb, a Answer) Move {
		if a.Err != nil {
			return f.uncalled(a)
		}
		until := a.Uptime.At(plan.FreshFor - elapsed.Most(t.Until.By.Add(-plan.FreshFor), a.At))
		return f.call(Call{Do: FinishSwap, Until: until}, f.answer)
	})
}

func (f *finish) answer(a Answer) Move {
	var refused *node.RefusedError
	var exit *sshexec.ExitError
	switch f.called = a.Err; {
	case errors.As(a.Err, &refused):
		return end(unfinished(refused))
	case errors.As(a.Err, &exit):
		return end(failed(plan.MidSwap, "finish-swap: %v", a.Err))
	case a.Err != nil:
		f.note("finish-swap unanswered, asking the node how far it came: %v", a.Err)
	}
	return f.check()
}

func (f *finish) check() Move {
	f.open = f.now.Before(f.task.Until.By) // before the look: a call may come after the node's state is read
	return f.insist(f.idle, f.looked)
}

func (f *finish) looked(err error) Move {
	coming := f.open && f.called != nil && err == nil && f.found.Class == plan.MidSwap
	switch {
	case err != nil:
		return f.inDoubt(err)
	case coming: // the call may be on its way, and the node would take it
		return f.pause(f.check, func() Move { return f.inDoubt(f.called) })
	case f.found.Outcome != plan.Done && f.found.Outcome != plan.Failed:
		return end(plan.Report{Outcome: plan.InDoubt, Class: f.found.Class, Detail: "finish-swap was called: " + f.found.Detail})
	}
	return end(f.found)
}

// unfinished judges a refusal to finish a swap. Nothing was changed.
func unfinished(r *node.RefusedError) plan.Report {
	switch r.Word {
	case node.RefusedLate, node.RefusedBusy:
		return plan.Report{Outcome: plan.NotRun, Class: plan.MidSwap, Detail: r.Error()}
	case node.RefusedEpoch:
		return refusal(r)
	}
	return failed(plan.MidSwap, "%v", r)
}

// uncalled ends a remedy before it was called.
func (f *finish) uncalled(a Answer) Move {
	var refused *node.RefusedError
	switch {
	case f.over(), errors.As(a.Err, &refused) && refused.Word == node.RefusedEpoch:
		return f.inDoubt(a.Err)
	case refused != nil && refused.Word == node.RefusedBusy:
		return end(unfinished(refused))
	case a.Expired:
		return end(plan.Report{Outcome: plan.NotRun, Class: plan.MidSwap, Detail: fmt.Sprintf("finish-swap was not called while its proof was fresh: %v", a.Err)})
	}
	return end(failed(plan.MidSwap, "before finish-swap was called: %s; the swap is cut as it was", sshexec.Reason(a.Err)))
}
