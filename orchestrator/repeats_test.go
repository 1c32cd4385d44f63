package orchestrator

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// looks are the recorded looks of the longest HOLD of a journal.
func looks(events []journal.Event) (n int) {
	hold, most := false, 0
	for _, e := range events {
		switch {
		case e.Kind == journal.Held:
			hold, n = true, 0
		case e.Kind == journal.HoldEnded || e.Kind == journal.RunStopped:
			hold = false
		case hold && e.Kind == journal.Observed:
			n++
		}
		most = max(most, n)
	}
	return most
}

func TestALongHoldRecordsALookAMinuteAndNotEveryOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{red: func(n int) bool { return n >= 2 && n < 2+30*60*2 }} // two hours of it
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, hold: 3 * time.Hour})), nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatal(s.Stop, err)
		}
		if n := looks(w.journal); w.seen < 3600 || n < 100 || n > 125 {
			t.Errorf("%d of %d looks were recorded, want one a minute", n, w.seen)
		}
		folded := New()
		for _, e := range w.journal {
			folded = Replay(folded, e)
		}
		if folded.Ended != journal.RunDone || folded.Refused() {
			t.Errorf("the journal leads to %q, %+v", folded.Ended, folded.Stop)
		}
	})
}

// Other reasons, other agents out of service and a green look are news.
func TestALookThatSaysSomethingElseIsRecordedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{red: func(n int) bool { return n >= 2 && n < 22 }}
		w.states = func(n int) []plan.AgentState {
			if n >= 10 && n < 15 {
				return []plan.AgentState{{Node: "a1", State: plan.AgentRecovering, Detail: fmt.Sprintf("for %d s", n)}}
			}
			return nil
		}
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, agents: 2, width: 1, hold: time.Hour})), nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatal(s.Stop, err)
		}
		var changed []int
		for _, e := range w.journal {
			if e.Kind == journal.Observed {
				changed = append(changed, len(e.Observation.Agents))
			}
		}
		// green, red, red and a1 recovers, red; then green again
		if !slices.Equal(changed[:4], []int{0, 0, 1, 0}) || looks(w.journal) != 3 {
			t.Errorf("agents in the looks recorded %v, of which %d in the hold; want 0 0 1 0, and 3", changed, looks(w.journal))
		}
	})
}

// silent is an observer that gets no answer from one look on.
type silent struct {
	*script
	from int
}

func (o *silent) Observe(ctx context.Context, ask plan.Ask) plan.Observation {
	if o.seen+1 >= o.from {
		<-ctx.Done()
	}
	return o.script.Observe(ctx, ask)
}

// No event comes while the way to every node is out: the limit passes all the same.
func TestAHoldEndsAtItsLimitAlthoughNothingIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{red: func(n int) bool { return n >= 2 }}
		d := &Driver{Actor: w, Observer: &silent{script: w, from: 4}, Recorder: w}
		s, err := d.Run(t.Context(), New(), started(testPlan(shape{masters: 3, hold: 10 * time.Minute})), nil)
		if err != nil || s.Stop == nil || s.Stop.Reason != journal.StopHeld {
			t.Fatalf("stop %+v, err %v", s.Stop, err)
		}
		last := w.journal[len(w.journal)-1]
		if lasted := last.At.Sub(s.HeldSince); lasted != 10*time.Minute {
			t.Errorf("held for %s, want exactly 10m", lasted)
		}
	})
}

// The times at which a state wants to be asked again are ahead, and lead to an end.
func TestTheEngineIsWokenWhenTheLimitOfAHoldPasses(t *testing.T) {
	tp := newTape(testPlan(shape{agents: 4, width: 2, maxOut: 4, hold: 30 * time.Minute}))
	tp.step("preflight//preflight")
	obs := green(tp.s.Plan)
	obs.Green, obs.Findings = false, []dcos.Finding{{Check: "leader", Status: dcos.Failed, Observed: "0 masters lead"}}
	tp.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: tp.s.Seq, AskedAt: tp.s.At})
	tp.add(*tp.cmds[0].Record)
	wake := tp.cmds[len(tp.cmds)-1].Wake
	if want := tp.s.HeldSince.Add(30 * time.Minute); !wake.Equal(want) {
		t.Fatalf("wake at %s, want %s", wake, want)
	}
	if cmds := Tick(tp.s.Clone(), wake.Add(-time.Second)); !slices.ContainsFunc(cmds, func(c Command) bool { return c.Wake.Equal(wake) }) {
		t.Errorf("a second before: %+v", cmds)
	}
	if cmds := Tick(tp.s.Clone(), wake); len(cmds) == 0 || cmds[0].Record == nil || cmds[0].Record.Kind != journal.RunStopped {
		t.Errorf("at the limit: %+v", cmds)
	}
}
