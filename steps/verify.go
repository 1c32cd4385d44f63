package steps

import (
	"errors"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/plan"
)

// verify waits for the gates of the step. An agent that has been away for most
// of what Mesos allows asks that no other be taken meanwhile.
type verify struct {
	machine
	of   string // put behind the names of checks in notes
	hold hold
}

func (v *verify) start(Answer) Move { return v.call(Call{Do: Await}, v.heard) }

func (v *verify) heard(a Answer) Move {
	switch {
	case a.Finding != nil:
		f := *a.Finding
		f.Check += v.of
		v.tell(plan.Note{Finding: &f})
		if a.Finding.Hint != "" {
			v.hold.hint = a.Finding.Hint
		}
		if v.task.Step.Asks("registered") {
			v.hold.see(a.Away, v.tell)
		}
		return Move{}
	case a.Err == nil:
		return end(plan.Report{Outcome: plan.Done, Findings: a.Findings})
	case a.Stopped:
		return end(plan.Report{Outcome: plan.InDoubt, Detail: "stopped watching", Findings: a.Findings})
	}
	rep := plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: a.Err.Error(), Findings: a.Findings}
	if late := (*checks.GateError)(nil); errors.As(a.Err, &late) {
		rep.Silent = late.Silent
	}
	return end(rep)
}
