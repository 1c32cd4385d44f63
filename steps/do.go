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
	case action == plan.ActionStage:
		m := &stage{of}
		m.then = m.start
		return m
	case action == plan.ActionBaseline:
		m := &baseline{question: question{machine: of}}
		m.then = m.start
		return m
	case action == plan.ActionPatch && t.Remedy == plan.FinishSwap:
		m := &finish{question: question{machine: of}}
		m.then = m.start
		return m
	case action == plan.ActionPatch:
		m := &patch{question: question{machine: of}}
		m.then = m.start
		return m
	case action == plan.ActionReturn, action == plan.ActionServe:
		m := &verify{machine: of}
		m.then = m.start
		return m
	}
	of.then = func(Answer) Move {
		return end(plan.Report{Outcome: plan.Failed, Detail: fmt.Sprintf("this version cannot do %q", t.Step.Action)})
	}
	return &of
}

// Reconcile is the machine that finds out how a step in doubt has ended. It changes
// nothing but our own record: an attempt that has not begun is called off, and so is a
// call to finish its swap.
func Reconcile(t plan.Task, poll time.Duration) Machine {
	of := machine{task: t, poll: poll}
	switch t.Step.Action.Spec().Reconcile {
	case plan.ByReceipt:
		m := &reconcile{question{machine: of, once: true}}
		m.then = m.start
		return m
	case plan.DoAgain:
		of.then = func(Answer) Move {
			return end(plan.Report{Outcome: plan.NotRun, Detail: "changes nothing, so it is done again"})
		}
	default:
		of.then = func(Answer) Move { return of.inDoubt(errors.New("this version does not know how to find out")) }
	}
	return &of
}
