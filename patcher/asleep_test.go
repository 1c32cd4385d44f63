package patcher

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/plan"
)

// sleeper looks at a green cluster, and one look takes as long as a suspended
// controller sleeps.
type sleeper struct {
	checks.Cluster
	looks, slow int
}

func (s *sleeper) Observe(context.Context, plan.Ask) plan.Observation {
	if s.looks++; s.looks == s.slow {
		time.Sleep(8 * time.Hour)
	}
	return plan.Observation{Green: true}
}

// TestSettleIsNotSleptThrough: the cluster was green before and after, and nobody
// knows how it was in between.
func TestSettleIsNotSleptThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &sleeper{slow: 2}
		p := &Patcher{Nodes: surveyedNodes{}, Gates: g, Poll: 2 * time.Second}
		begin := time.Now()
		rep := p.Do(t.Context(), plan.Task{Plan: &plan.Plan{}, Step: plan.Step{ID: "masters/m1/settle", Node: "m1", Action: plan.ActionSettle, Span: plan.Duration(3 * time.Minute)}}, func(plan.Note) {})
		if took := time.Since(begin) - 8*time.Hour; rep.Outcome != plan.Done || took < 3*time.Minute {
			t.Errorf("%+v after %s awake: want the whole span after the sleep", rep, took)
		}
	})
}
