package orchestrator

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestAtEveryPrefixOfTheJournalDoneAndRemainingAreThePlan: no lane is lost and
// none is there twice, wherever the journal is cut.
func TestAtEveryPrefixOfTheJournalDoneAndRemainingAreThePlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sh := shape{masters: 3, agents: rapid.IntRange(0, 5).Draw(t, "agents"), width: rapid.IntRange(1, 3).Draw(t, "width"), maxOut: 4, canary: rapid.Bool().Draw(t, "canary")}
		tp := newTape(testPlan(sh))
		obs := green(tp.s.Plan)
		for tp.s.Ended == "" {
			switch c := tp.cmds[0]; {
			case c.Record != nil:
				tp.add(*c.Record)
			case c.Observe != nil:
				tp.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: tp.s.Seq})
			case c.Start != nil:
				tp.add(journal.Event{Kind: journal.StepStarted, Step: c.Start.Step.ID, Attempt: c.Start.Attempt})
				tp.add(journal.Event{Kind: journal.StepEnded, Step: c.Start.Step.ID, Report: &plan.Report{Outcome: plan.Done, Undone: true}})
			default:
				t.Fatalf("unexpected command %+v", c)
			}
		}
		for n := 1; n <= len(tp.events); n++ {
			accounted(t, Fold(tp.events[:n]), n)
		}
		if done := Fold(tp.events); done.Stage != len(done.Plan.Stages) {
			t.Fatalf("the whole journal leaves stage %d at work", done.Stage)
		}
	})
}

// accounted checks that every lane of every stage is in exactly one place.
func accounted(t *rapid.T, s State, n int) {
	for k := range s.Plan.Stages {
		for i, l := range s.Lanes[k] {
			places := 0
			if k == s.Stage {
				for _, j := range s.pending {
					if j == i && l.Phase == Pending {
						places++
					}
				}
				for _, j := range s.Flight {
					if j == i && l.Phase == Admitted {
						places++
					}
				}
			}
			switch {
			case l.Phase == Verified:
				places++
			case k > s.Stage && l.Phase == Pending:
				places++
			}
			if places != 1 {
				t.Fatalf("after %d events, lane %d of stage %d (%s) is in %d places", n, i, k, l.Phase, places)
			}
		}
	}
}
