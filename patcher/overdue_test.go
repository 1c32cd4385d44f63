package patcher

import (
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/plan"
)

// TestALaunchWhoseTimeIsOverLeavesItsLaneToBeAdmittedAgain: nothing is wrong
// with the node, which is not even asked.
func TestALaunchWhoseTimeIsOverLeavesItsLaneToBeAdmittedAgain(t *testing.T) {
	rep := (&Patcher{}).patch(t.Context(), plan.Task{
		Plan: &plan.Plan{}, Step: plan.Step{Node: "m1", Timeout: plan.Duration(time.Minute)}, Proof: "all serve",
		Ready: &plan.Ready{Attempt: 1, BootID: "b", Uptime: plan.Duration(time.Minute)},
		Until: plan.Deadline{BootID: "b", Uptime: -plan.Duration(time.Hour), By: time.Now().Add(time.Minute)},
	}, func(plan.Note) {})
	if rep.Outcome != plan.NotRun || rep.Class != plan.BeforeSwap {
		t.Errorf("%+v, want not run", rep)
	}
}
