package patcher

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// greenGates is a green cluster whose baselines name their node and turn, and
// which remembers what it was asked to wait for.
type greenGates struct {
	checks.Cluster
	mu    sync.Mutex
	turn  string
	fails inventory.NodeName // its baseline cannot be taken, and its gates do not hold
	asked map[inventory.NodeName]plan.Task
}

func (g *greenGates) Observe(context.Context, plan.Ask) plan.Observation {
	return plan.Observation{Green: true}
}

func (g *greenGates) Baseline(_ context.Context, n inventory.NodeName) (json.RawMessage, error) {
	if n == g.fails {
		return nil, errors.New(string(n) + " does not answer")
	}
	return json.Marshal(string(n) + " " + g.turn)
}

func (g *greenGates) Await(_ context.Context, t plan.Task, note func(dcos.Finding)) ([]dcos.Finding, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked[t.Step.Node] = t
	f := dcos.Finding{Check: "units", Node: string(t.Step.Node), Status: dcos.Passed, Have: 2, Need: 2}
	if t.Step.Node == g.fails {
		f.Status, f.Have, f.Observed = dcos.Failed, 0, "red: dcos-marathon.service"
		note(f)
		return []dcos.Finding{f}, &checks.GateError{Node: t.Step.Node, Late: []checks.LateGate{{Gate: "units", Finding: f}}}
	}
	note(f)
	return []dcos.Finding{f}, nil
}

func deferringPlan() *plan.Plan {
	serve := func(m inventory.NodeName) plan.Lane {
		return plan.Lane{Node: m, Steps: []plan.Step{{Node: m, Action: plan.ActionServe, Gates: []plan.GateSpec{{Gate: "exhibitor"}, {Gate: "units"}}}}}
	}
	p := &plan.Plan{Stages: []plan.Stage{
		{ID: "preflight", Kind: plan.StagePreflight}, {ID: "masters-done", Kind: plan.StageDeferred},
		{ID: "masters", Kind: plan.StageMasters, Lanes: []plan.Lane{serve("m1"), serve("m2")}},
	}}
	for _, n := range []string{"m1", "m2", "m3"} {
		p.Nodes = append(p.Nodes, plan.Node{Name: inventory.NodeName(n), Role: dcos.Master, Disposition: plan.Patch})
	}
	p.Nodes[2].Disposition = plan.AtTarget
	return p
}

func TestWhatWasDeferredIsComparedWithPreflight(t *testing.T) {
	g := &greenGates{turn: "before", asked: map[inventory.NodeName]plan.Task{}}
	p, pl := &Patcher{Gates: g}, deferringPlan()
	look := plan.Task{Plan: pl, Step: plan.Step{ID: "preflight/preflight", Action: plan.ActionPreflight}}
	rep := p.Do(t.Context(), look, func(plan.Note) {})
	if rep.Outcome != plan.Done || len(rep.Evidence) == 0 {
		t.Fatalf("%+v", rep)
	}
	g.turn = "later"
	task := plan.Task{Plan: pl, Baseline: rep.Evidence, Step: plan.Step{ID: "masters-done/deferred", Action: plan.ActionDeferred}}
	var told []string
	done := p.Do(t.Context(), task, func(n plan.Note) { told = append(told, n.Finding.Check) })
	if done.Outcome != plan.Done || len(g.asked) != 2 || string(g.asked["m2"].Baseline) != `"m2 before"` || len(told) != 2 || told[0] == told[1] ||
		len(g.asked["m1"].Step.Gates) != 1 || g.asked["m1"].Step.ID != "masters-done/deferred/m1" {
		t.Errorf("%+v, asked %+v, told %q", done, g.asked, told)
	}

	g.fails = "m2"
	rep = p.Do(t.Context(), task, func(plan.Note) {})
	if rep.Outcome != plan.Failed || len(rep.Findings) != 1 || rep.Findings[0].Node != "m2" || rep.Findings[0].Check != "units" || !strings.Contains(rep.Detail, "dcos-marathon.service") {
		t.Errorf("red all the same: %+v", rep)
	}
	if rep = p.Do(t.Context(), look, func(plan.Note) {}); rep.Outcome != plan.Failed || !strings.Contains(rep.Detail, "m2 does not answer") {
		t.Errorf("no baseline of m2: %+v", rep)
	}
	task.Baseline = nil
	if rep = p.Do(t.Context(), task, func(plan.Note) {}); rep.Outcome != plan.Failed || !strings.Contains(rep.Detail, "not known") {
		t.Errorf("nothing to compare with: %+v", rep)
	}
}

func TestPreflightTakesNoBaselineWhereNothingIsDeferred(t *testing.T) {
	g := &greenGates{fails: "m1", asked: map[inventory.NodeName]plan.Task{}}
	pl := deferringPlan()
	pl.Stages = pl.Stages[:1]
	look := plan.Task{Plan: pl, Step: plan.Step{ID: "preflight/preflight", Action: plan.ActionPreflight}}
	if rep := (&Patcher{Gates: g}).Do(t.Context(), look, func(plan.Note) {}); rep.Outcome != plan.Done || rep.Evidence != nil {
		t.Errorf("%+v", rep)
	}
}
