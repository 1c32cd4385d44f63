package orchestrator

import (
	"cmp"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
)

// safeUntil is the first moment after now at which leaving a run alone costs something: Mesos
// gives up the tasks of an agent that it waits for, or a waiver that the rest needs ends.
func (s State) safeUntil(now time.Time) (until time.Time, what string) {
	if s.Ended == journal.RunDone {
		return time.Time{}, ""
	}
	first := func(at time.Time, why string) {
		if at.After(now) && (until.IsZero() || at.Before(until)) {
			until, what = at, why
		}
	}
	for l := range s.each() {
		if l.Report == nil || l.Phase == Verified {
			continue
		}
		for _, f := range l.Report.Findings {
			if !f.Deadline.IsZero() {
				first(f.Deadline, fmt.Sprintf("Mesos marks %s unreachable", l.node))
			}
		}
	}
	for _, w := range s.Plan.Waivers {
		y, m, d := w.Until.Date() // it holds on its last day, as days are here
		first(time.Date(y, m, d+1, 0, 0, 0, 0, time.Local), fmt.Sprintf("the waiver of %s on %s ends", w.Check, cmp.Or(string(w.Node), "the cluster")))
	}
	return until, what
}
