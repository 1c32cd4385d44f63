package checks

import (
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/elapsed/elapsedtest"
	"github.com/dcos-patch/dcos-patch/plan"
)

// sampled are good samples at moments, each answered at once.
func sampled(at ...time.Time) (all []Sample) {
	for _, t := range at {
		all = append(all, Sample{Asked: t, Answered: t, Finding: dcos.Finding{Check: "exhibitor", Status: dcos.Passed}})
	}
	return all
}

// TestALaptopThatSleptBetweenTwoSamplesBeginsTheRowAnew: its monotonic clock
// stood still, so that the samples seem to follow each other.
func TestALaptopThatSleptBetweenTwoSamplesBeginsTheRowAnew(t *testing.T) {
	spec := plan.GateSpec{Gate: "exhibitor", Need: 3, Span: plan.Duration(time.Minute), Every: plan.Duration(30 * time.Second)}
	start := time.Now() // outside of a bubble: with a monotonic reading
	after := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	for _, c := range []struct {
		name  string
		slept func(time.Time) time.Time // how the last two samples' clock reads
		holds bool
		have  int
	}{
		{"awake", func(at time.Time) time.Time { return at }, true, 3},
		{"asleep for 8 hours", func(at time.Time) time.Time { return elapsedtest.Asleep(at, 8*time.Hour) }, false, 2},
		{"asleep for a minute", func(at time.Time) time.Time { return elapsedtest.Asleep(at, 70*time.Second) }, false, 2},
		{"the wall clock set forward by a second", func(at time.Time) time.Time { return elapsedtest.Asleep(at, time.Second) }, true, 3},
		{"the wall clock set back by an hour", func(at time.Time) time.Time { return elapsedtest.Asleep(at, -time.Hour) }, false, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Judge(sampled(after(0), c.slept(after(30)), c.slept(after(60))), spec, start)
			if v.Holds != c.holds || v.Finding.Have != c.have {
				t.Errorf("holds %t with %d samples over %s; want %t, %d", v.Holds, v.Finding.Have, v.Lasted, c.holds, c.have)
			}
		})
	}
}

// TestASpanIsNotProvedByAWallClockThatWasSetForward: the samples came within a
// few seconds, whatever the wall clock says.
func TestASpanIsNotProvedByAWallClockThatWasSetForward(t *testing.T) {
	spec := plan.GateSpec{Gate: "exhibitor", Need: 2, Span: plan.Duration(time.Minute), Every: plan.Duration(30 * time.Second)}
	start := time.Now()
	v := Judge(sampled(start, elapsedtest.Asleep(start.Add(time.Second), 70*time.Second)), spec, start)
	if v.Holds {
		t.Errorf("holds over %s", v.Lasted)
	}
}

// TestGatesThatHeldBeforeASleepDoNotHoldTogetherAfterIt.
func TestGatesThatHeldBeforeASleepDoNotHoldTogetherAfterIt(t *testing.T) {
	spec := plan.GateSpec{Gate: "leader", Need: 1, Every: plan.Duration(5 * time.Second), Within: plan.Duration(time.Hour)}
	start := time.Now()
	b := newBoard([]plan.GateSpec{spec}, start)
	b.add(0, sampled(start)[0])
	if !b.together(start.Add(time.Second)) {
		t.Fatal("does not hold a second later")
	}
	if b.together(elapsedtest.Asleep(start.Add(time.Second), 8*time.Hour)) {
		t.Error("an answer of 8 hours ago lets the step pass")
	}
}

// TestAnAgentThatWasMissedBeforeASleepIsMissedForAllOfIt.
func TestAnAgentThatWasMissedBeforeASleepIsMissedForAllOfIt(t *testing.T) {
	start := time.Now()
	a := Away{Since: start, Seen: elapsedtest.Asleep(start.Add(time.Second), time.Hour), Budget: 5 * time.Minute}
	if !a.Spent() {
		t.Errorf("%s: Mesos has given it up long ago", a)
	}
}

// TestARowThatStandsStillIsOldAfterASleep.
func TestARowThatStandsStillIsOldAfterASleep(t *testing.T) {
	var b rowBook
	start := time.Now()
	b.stale(map[string]string{"10.0.0.1": "x"}, start)
	if old := b.stale(map[string]string{"10.0.0.1": "x"}, elapsedtest.Asleep(start.Add(time.Second), time.Hour)); len(old) != 1 {
		t.Errorf("stale rows %v", old)
	}
}
