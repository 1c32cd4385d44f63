package orchestrator

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/plan"
)

// ticketAge is how long ago the observation that lanes may be admitted on was
// asked for.
func (s State) ticketAge() time.Duration { return elapsed.Most(s.ticketAt, s.At) }

// stale reports whether the ticket is too old to admit anything. No event
// between says that the cluster has changed; that is no proof that it has not.
// An age that cannot be, as after a wall clock was set back, is not fresh.
func (s State) stale() bool {
	age := s.ticketAge()
	return age < 0 || age > plan.FreshFor
}

// tooOld says that the ticket is stale.
func (s State) tooOld() string {
	return fmt.Sprintf("the last look at the cluster began %s ago, and at most %s is fresh", s.ticketAge().Round(time.Second), plan.FreshFor)
}
