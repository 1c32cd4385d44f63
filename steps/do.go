package steps

import (
	"errors"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/plan"
)

// Do is the machine of a task's step. poll is the pause between two tries.
func Do(t plan.Task, poll time.Duration) Machine {
	of := machine{task: t, poll: poll}
	switch action := t.Step.Action; {
	case action == plan.ActionPreflight:
		return ready(of, &preflight{})
	case action == plan.ActionStage:
		return ready(of, &stage{})
	case action == plan.ActionBaseline:
		return ready(of, &baseline{})
	case action == plan.ActionPatch && t.Remedy == plan.FinishSwap:
		return ready(of, &finish{})
	case action == plan.ActionPatch:
		return ready(of, &patch{})
	case action == plan.ActionReturn, action == plan.ActionServe:
		return ready(of, &verify{})
	case action == plan.ActionDeferred:
		return ready(of, &deferred{})
	case action == plan.ActionProbe:
		return ready(of, &probe{})
	case action == plan.ActionSettle, action == plan.ActionBake:
		return ready(of, &settle{span: t.Step.Span.D()})
	case action == plan.ActionPostflight:
		return ready(of, &postflight{})
	}
	return ready(of, &known{rep: plan.Report{Outcome: plan.Failed, Detail: fmt.Sprintf("this version cannot do %q", t.Step.Action)}})
}

// Reconcile is the machine that finds out how a step in doubt has ended. It changes
// nothing but our own record: an attempt that has not begun is called off, and so is a
// call to finish its swap.
func Reconcile(t plan.Task, poll time.Duration) Machine {
	of := machine{task: t, poll: poll}
	switch t.Step.Action.Spec().Reconcile {
	case plan.ByReceipt:
		return ready(of, &reconcile{question{once: true}})
	case plan.DoAgain:
		return ready(of, &known{rep: plan.Report{Outcome: plan.NotRun, Detail: "changes nothing, so it is done again"}})
	}
	return ready(of, &known{rep: inDoubt(t, errors.New("this version does not know how to find out"))})
}

// Undo is the machine that takes a temporary change of the run back. It is what a step
// does at its own end, and is done again where that failed.
func Undo(t plan.Task, kind plan.Obligation, poll time.Duration) Machine {
	of := machine{task: t, poll: poll}
	if kind == plan.OwesProbe {
		return ready(of, &unprobe{})
	}
	return ready(of, &known{rep: plan.Report{Outcome: plan.InDoubt, Detail: fmt.Sprintf("this version cannot undo %q", kind)}})
}

// known is a step whose end is known from the beginning.
type known struct {
	machine
	rep plan.Report
}

func (k *known) start(Answer) Move { return end(k.rep) }
