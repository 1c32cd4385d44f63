package prove

import (
	"fmt"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/nodemodel"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// look is what comes of asking a node how an attempt ended: what its node program
// shows, as the product's own step judges it.
func (f fate) look(attempt int) plan.Report {
	type key struct {
		fate    fate
		attempt int
	}
	if rep, known := looks.Load(key{f, attempt}); known {
		return rep.(plan.Report)
	}
	rep := f.asked(attempt)
	looks.Store(key{f, attempt}, rep)
	return rep
}

// looks are the answers so far: there are few fates.
var looks sync.Map

// asked carries the step out.
func (f fate) asked(attempt int) plan.Report {
	target := plan.Plan{Nodes: []plan.Node{{Name: "n"}}}
	target.Script.Packages = []string{"after--2"}
	t := plan.Task{Plan: &target, Run: "r", Attempt: attempt, Step: plan.Step{Node: "n", Action: plan.ActionPatch}}
	n := nodemodel.Node{Name: "n", Target: target.Script.Packages}
	for i := range f.begun {
		n.Begin(node.Start{Claim: node.Claim{Run: t.Run}, Attempt: i + 1})
	}
	s, m, a := f.script(), steps.Reconcile(t, time.Second), steps.Answer{}
	for range 100 {
		move := m.Next(a)
		if move.End != nil {
			return plan.Report{Outcome: move.End.Outcome, Class: move.End.Class}
		}
		switch a = (steps.Answer{}); move.Call.Do {
		case steps.Look:
			a.Receipts, a.Survey = n.Receipts(s), n.Survey(s)
		case steps.CallOff:
			a.State, a.Err = n.CallOff(0, move.Call.Attempt, s)
		case steps.Claim:
			a.Err = n.Claim(0, s)
		}
	}
	panic(fmt.Sprintf("the step does not end: %+v", f))
}

// script is what the node program can know of it.
func (f fate) script() nodemodel.Script {
	s := nodemodel.Script{Running: f.begun > 0 && !f.over, Finishing: f.finishing, Whole: true}
	if s.Running || f.begun == 0 {
		return s
	}
	s.Failed, s.MidSwap = f.cut || f.class != plan.ClassNone, f.class == plan.MidSwap
	s.AtTarget = f.class == plan.ClassNone || f.class == plan.NotStarted
	switch {
	case f.cut && f.class == plan.ClassNone:
		s.Finish = node.FinishDone
	case f.cut && f.class == plan.NotStarted:
		s.Finish = node.FinishBegun
	}
	return s
}
