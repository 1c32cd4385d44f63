package prove

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// probeEnds is every way in which a launch probe can end: well, with its
// framework gone; badly, with it gone or perhaps not.
func (w world) probeEnds(st plan.Step) []world {
	tell := func(how string, rep plan.Report, cost int) world {
		next := w.fact(fmt.Sprintf("%s %s", st.ID, how), journal.Event{Kind: journal.StepEnded, Step: st.ID, Report: &rep})
		next.nodes = w.nodes.with(st.ID, fate{probe: !rep.Undone})
		next.left.Troubles -= cost
		return next
	}
	next := []world{tell("is done", plan.Report{Outcome: plan.Done, Undone: true}, 0)}
	if w.left.Troubles > 0 {
		next = append(next,
			tell("fails", plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Undone: true}, 1),
			tell("fails, and its framework may be left", plan.Report{Outcome: plan.Failed, Class: plan.NotVerified}, 1))
	}
	return next
}
