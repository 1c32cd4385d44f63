package orchestrator

import (
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/journal"
)

// toldAgain is how long a HOLD goes on without an event of a look that says the
// same as the one before.
const toldAgain = time.Minute

// repeats reports whether a look during a HOLD says nothing that the last recorded
// one did not say, and has no consequence. Such a look is not made an event: a HOLD
// may last for hours, with a look every two seconds. One a minute is, so that a
// reader of the journal sees that the cluster is still looked at.
func (r *run) repeats(e journal.Event) bool {
	s := r.s
	if e.Kind != journal.Observed || s.HeldSince.IsZero() || s.ticket == nil || s.Seen == nil || r.d.next != nil {
		return false
	}
	if elapsed.Most(s.SeenAt, r.now()) >= toldAgain || !e.Observation.SameAs(*s.Seen) {
		return false
	}
	e.Seq, e.At = s.Seq+1, r.now()
	_, cmds := Next(s.Clone(), e)
	return !slices.ContainsFunc(cmds, func(c Command) bool { return c.Record != nil || c.Start != nil })
}
