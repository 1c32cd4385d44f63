package patcher

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestAScriptThatStillRunsAsWatchingEndsIsInDoubt: it goes on without us, and how it
// ends is on the node.
func TestAScriptThatStillRunsAsWatchingEndsIsInDoubt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	task := plan.Task{Plan: &plan.Plan{Nodes: []plan.Node{{Name: "m1", Role: dcos.Master}}}, Step: plan.Step{ID: "masters/m1/patch", Node: "m1", Action: plan.ActionPatch}}
	running := plan.Report{Outcome: plan.Running, Class: plan.MidSwap, Detail: "the script is running as dcos-patch-x-1.service"}
	rep := (&Patcher{Poll: time.Second}).watch(ctx, task, running, func(plan.Note) {})
	if rep.Outcome != plan.InDoubt || rep.Class != plan.MidSwap || !strings.Contains(rep.Detail, "still running") {
		t.Errorf("%+v", rep)
	}
}
