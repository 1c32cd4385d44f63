package orchestrator

import (
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// staged puts a stage in front of the masters that fetches packages on every
// agent.
func staged(p *plan.Plan) *plan.Plan {
	ahead := plan.Stage{ID: "stage-agents", Kind: plan.StageAhead, Order: plan.OrderFixed, Width: 10}
	for _, n := range p.Nodes {
		if n.Role.IsAgent() {
			ahead.Lanes = append(ahead.Lanes, plan.Lane{Node: n.Name, Steps: steps("stage-agents", n.Name, plan.ActionStage)})
		}
	}
	p.Stages = slices.Insert(p.Stages, 1, ahead)
	return p
}

// failing answers that these steps fail, and all others are done.
func failing(ids ...plan.StepID) func(plan.StepID) plan.Report {
	return func(id plan.StepID) plan.Report {
		if slices.Contains(ids, id) {
			return plan.Report{Outcome: plan.Failed, Detail: "fetching failed"}
		}
		return plan.Report{Outcome: plan.Done}
	}
}

func TestAnAgentThatCannotBeStagedIsLeftBehindAndTheOthersArePatched(t *testing.T) {
	tp := newTape(staged(testPlan(shape{masters: 3, agents: 25, width: 2, maxOut: 4})))
	var did []string
	tp.play(t, failing("stage-agents/a7/stage"), &did)
	if left := tp.s.Skipped(); tp.s.Ended != journal.RunDone || len(left) != 1 || left[0] != "a7" {
		t.Fatalf("ended %q, stop %+v, left %v; want done without a7", tp.s.Ended, tp.s.Stop, left)
	}
	for _, id := range did {
		if strings.HasPrefix(id, "general/a7/") {
			t.Errorf("%s was begun", id)
		}
	}
	if _, agents := tp.s.Tallies(); agents.Verified != 24 || agents.Parked != 1 {
		t.Errorf("%+v", agents)
	}
}

func TestManyAgentsThatCannotBeStagedStopTheLineBeforeAnyMaster(t *testing.T) {
	tp := newTape(staged(testPlan(shape{masters: 3, agents: 25, width: 2, maxOut: 4})))
	var did []string
	tp.play(t, failing("stage-agents/a7/stage", "stage-agents/a9/stage"), &did)
	if tp.s.Ended != journal.RunStopped || tp.s.Stop.Reason != journal.StopFailed || slices.ContainsFunc(did, func(id string) bool { return strings.HasPrefix(id, "masters/") }) {
		t.Fatalf("ended %q, stop %+v, after %v", tp.s.Ended, tp.s.Stop, did)
	}
	did = nil
	tp.add(journal.Event{Kind: journal.RunResumed, Epoch: 2})
	tp.play(t, failing(), &did)
	if tp.s.Ended != journal.RunDone || len(tp.s.Skipped()) != 0 {
		t.Errorf("after the resume: %q, %+v, left %v", tp.s.Ended, tp.s.Stop, tp.s.Skipped())
	}
}

func TestACanaryThatCouldNotBeStagedIsTriedAllTheSame(t *testing.T) {
	tp := newTape(staged(testPlan(shape{masters: 3, agents: 25, width: 2, maxOut: 4, canary: true})))
	var did []string
	tp.play(t, failing("stage-agents/a1/stage", "canary/a1/patch"), &did)
	if tp.s.Ended != journal.RunStopped || tp.s.Stop.Step != "canary/a1/patch" {
		t.Errorf("ended %q, stop %+v; want a stop at the canary: nothing was proved", tp.s.Ended, tp.s.Stop)
	}
}

func TestAResumeTriesAParkedAgentOnceMoreByItsOwnScript(t *testing.T) {
	tp := newTape(staged(testPlan(shape{masters: 3, agents: 25, width: 2, maxOut: 4})))
	var did []string
	tp.play(t, failing("stage-agents/a7/stage", "general/a3/return"), &did)
	if tp.s.Ended != journal.RunStopped || tp.s.Stop.Node != "a3" {
		t.Fatalf("ended %q, stop %+v", tp.s.Ended, tp.s.Stop)
	}
	did = nil
	tp.add(journal.Event{Kind: journal.RunResumed, Epoch: 2})
	tp.play(t, failing(), &did)
	if tp.s.Ended != journal.RunDone || len(tp.s.Skipped()) != 0 || !slices.Contains(did, "general/a7/patch") {
		t.Errorf("ended %q, stop %+v, left %v", tp.s.Ended, tp.s.Stop, tp.s.Skipped())
	}
}

func TestARunThatOnlyStagesTellsWhatItLeftBehind(t *testing.T) {
	p := staged(testPlan(shape{masters: 3, agents: 25, width: 2, maxOut: 4}))
	p.Stages = p.Stages[:2]
	tp := newTape(p)
	var did []string
	tp.play(t, failing("stage-agents/a7/stage"), &did)
	if left := tp.s.Skipped(); tp.s.Ended != journal.RunDone || len(left) != 1 || left[0] != "a7" {
		t.Errorf("ended %q, left %v; want done without a7", tp.s.Ended, left)
	}
}
