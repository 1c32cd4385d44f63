package orchestrator

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Nobody knows how a step in doubt ended: its node has not failed.
func TestANodeInDoubtIsCountedAsThat(t *testing.T) {
	tp := newTape(testPlan(shape{masters: 3, agents: 2, width: 1, maxOut: 1}))
	var did []string
	tp.play(t, func(id plan.StepID) plan.Report {
		if id == "general/a1/patch" {
			return plan.Report{Outcome: plan.InDoubt}
		}
		return plan.Report{Outcome: plan.Done}
	}, &did)
	_, agents := tp.s.Tallies()
	if want := (Tally{Nodes: 2, InDoubt: 1, Untouched: 1}); tp.s.Stop == nil || tp.s.Stop.Reason != journal.StopInDoubt || agents != want {
		t.Errorf("stop %+v, agents %+v, want %+v", tp.s.Stop, agents, want)
	}
	if b, err := json.Marshal(agents); err != nil || !strings.Contains(string(b), `"in_doubt":1`) || strings.ToLower(string(b)) != string(b) {
		t.Errorf("%s, %v", b, err)
	}
}

// A node that was only made ready as the run stopped does not go on: nothing was done to it.
func TestANodeThatWasOnlyMadeReadyIsUntouchedOnceTheRunStops(t *testing.T) {
	tp := newTape(testPlan(shape{masters: 3, agents: 3, width: 2, maxOut: 4}))
	tp.toStage(t, "general")
	tp.observe(nil)
	tp.settle()
	for _, id := range []plan.StepID{"general/a1/baseline", "general/a2/baseline"} {
		tp.step(id)
	}
	if _, agents := tp.s.Tallies(); agents != (Tally{Nodes: 3, InFlight: 2, Untouched: 1}) {
		t.Errorf("before the stop: %+v", agents)
	}
	tp.observed(t, 0)
	tp.at(time.Second, journal.Event{Kind: journal.StepStarted, Step: "general/a1/patch", Attempt: 1})
	tp.at(time.Second, journal.Event{Kind: journal.StepEnded, Step: "general/a1/patch", Report: &plan.Report{Outcome: plan.InDoubt}})
	if names := tp.s.Finishing(); len(names) != 0 || tp.s.Stop == nil {
		t.Errorf("stop %+v finishes %v, want none", tp.s.Stop, names)
	}
	tp.settle()
	if _, agents := tp.s.Tallies(); tp.s.Ended == "" || agents != (Tally{Nodes: 3, InDoubt: 1, Untouched: 2}) {
		t.Errorf("ended %q, %+v", tp.s.Ended, agents)
	}
}

// What is finished before a stop was touched, or has a step under way.
func TestTouchedNodesAreFinishedBeforeAStop(t *testing.T) {
	tp := window(t)
	tp.at(time.Second, journal.Event{Kind: journal.StepStarted, Step: "general/a1/return", Attempt: 1})
	tp.at(time.Second, journal.Event{Kind: journal.StepEnded, Step: "general/a1/return", Report: &plan.Report{Outcome: plan.Failed, Class: plan.NotVerified}})
	if names := tp.s.Finishing(); tp.s.Stop == nil || !slices.Equal(names, []inventory.NodeName{"a2"}) {
		t.Errorf("stop %+v finishes %v, want a2", tp.s.Stop, names)
	}
}
