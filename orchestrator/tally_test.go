package orchestrator

import (
	"encoding/json"
	"strings"
	"testing"

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
