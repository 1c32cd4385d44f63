package plan

import (
	"slices"
	"testing"
)

func TestWhatMastersMayBeRedInIsAStageAfterThem(t *testing.T) {
	in := healthy(agents("general", "a", 2))
	ids := func(p *Plan) []string {
		var all []string
		for _, s := range p.Stages {
			all = append(all, s.ID)
		}
		return all
	}
	was := mustBuild(t, in)
	if slices.Contains(ids(was), "masters-done") {
		t.Error("nothing is expected red, and judged later all the same")
	}
	in.Inventory.Policy.ExpectedRed = []string{"dcos-marathon.service"}
	p := mustBuild(t, in)
	if all := ids(p); slices.Index(all, "masters-done") != slices.Index(all, "masters")+1 || p.ID == was.ID {
		t.Errorf("stages %v; another decision: %v", all, p.ID != was.ID)
	}
	steps := p.Deferred(stage(t, p, "masters-done").Lanes[0].Steps[0])
	if len(steps) != 3 || steps[0].ID != "masters-done/deferred/m1" || len(steps[0].Gates) != 2 || steps[0].Timeout <= steps[0].Gates[1].Within {
		t.Errorf("%+v", steps)
	}
	for _, m := range []string{"m1", "m2", "m3"} {
		observe(in, in.Inventory.Masters[m[1]-'1'].Name, patched)
	}
	if slices.Contains(ids(mustBuild(t, in)), "masters-done") {
		t.Error("no master is patched, and what was deferred is judged")
	}
}
