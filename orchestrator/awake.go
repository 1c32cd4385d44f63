package orchestrator

import (
	"errors"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/journal"
)

// A driver looks at its clock every wakes. Where more than asleep has passed
// since the last time, the controller was suspended: another may have the run.
const (
	wakes  = 15 * time.Second
	asleep = time.Minute
)

// awake makes sure, once the controller has been suspended, that the run is
// still its own, before anything is done: it asks until it knows. What workers
// do meanwhile is refused by the nodes.
func (r *run) awake() error {
	slept := elapsed.Most(r.awakeAt, r.now())
	if r.awakeAt = r.now(); r.d.Owned == nil || slept <= asleep {
		return nil
	}
	for {
		err := r.d.Owned(r.ctx, slept)
		var over *TakenOverError
		switch {
		case r.ctx.Err() != nil:
			return r.abandon()
		case errors.As(err, &over):
			return r.fact(journal.Event{Kind: journal.RunStopped, Stop: &journal.Stop{Reason: journal.StopTakenOver, Detail: over.Detail}})
		case err == nil:
			r.awakeAt = r.now()
			return nil
		}
		select {
		case <-time.After(max(r.d.Pace, leastAsk)):
		case <-r.ctx.Done():
		}
	}
}

// leastAsk is the least pause between two questions whether the run is still
// this controller's.
const leastAsk = time.Second

// wake is when the driver looks at its clock the next time.
func (r *run) wake() <-chan time.Time {
	next := wakes
	for _, c := range r.cmds {
		if !c.Wake.IsZero() {
			next = min(next, c.Wake.Sub(r.now()))
		}
	}
	return time.After(next)
}
