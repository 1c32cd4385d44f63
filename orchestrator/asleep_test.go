package orchestrator

import (
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/elapsed/elapsedtest"
	"github.com/dcos-patch/dcos-patch/journal"
)

// TestATicketIsOldAfterASleep: the monotonic clock says that it is a second old.
func TestATicketIsOldAfterASleep(t *testing.T) {
	tp := newTape(testPlan(shape{agents: 4, width: 2, maxOut: 4}))
	tp.step("preflight//preflight")
	tp.observed(t, 0)
	s, start := tp.s.Clone(), time.Now()
	s.ticketAt, s.At = start, start.Add(time.Second)
	if s.stale() {
		t.Fatalf("a look of a second ago is stale: %s", s.ticketAge())
	}
	s.At = elapsedtest.Asleep(s.At, 8*time.Hour)
	if !s.stale() {
		t.Errorf("a look of 8 hours ago is fresh: %s", s.ticketAge())
	}
}

// TestAHoldHasLastedThroughASleep.
func TestAHoldHasLastedThroughASleep(t *testing.T) {
	tp := newTape(testPlan(shape{agents: 4, width: 2, maxOut: 4, hold: 30 * time.Minute}))
	tp.step("preflight//preflight")
	s, start := tp.s.Clone(), time.Now()
	s.HeldSince, s.At = start, elapsedtest.Asleep(start.Add(time.Second), 8*time.Hour)
	if cmds := held(s, "0 masters lead"); len(cmds) != 1 || cmds[0].Record == nil || cmds[0].Record.Kind != journal.RunStopped {
		t.Errorf("commands %+v, want the run stopped", cmds)
	}
}

// TestItIsNotSafeToLeaveByALookFromBeforeASleep.
func TestItIsNotSafeToLeaveByALookFromBeforeASleep(t *testing.T) {
	tp := newTape(testPlan(shape{masters: 3}))
	toPatch(tp)
	s, start := tp.s.Clone(), time.Now()
	obs := green(s.Plan)
	s.Look, s.LookAt = &obs, start
	if at := s.LeaveAt(start.Add(time.Second)); !at.Safe {
		t.Fatalf("%+v", at)
	}
	if at := s.LeaveAt(elapsedtest.Asleep(start.Add(time.Second), time.Hour)); at.Safe {
		t.Errorf("%+v", at)
	}
}
