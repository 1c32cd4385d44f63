package checks_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/plan"
)

// A run that goes on from a copy of its journal that lags takes baselines of
// nodes that it has patched: there is no old process to compare with.
func TestANodePatchedBeforeItsBaselineIsVerifiedByDaemonsNewerThanItsPackages(t *testing.T) {
	for _, x := range []struct {
		name  string
		opt   simcluster.Faults
		holds bool
	}{
		{"they are", nil, true},
		{"they are not", simcluster.Faults{{What: fault.StaleHappy, Where: "a1"}}, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSim(t, simcluster.Options{Private: 1, Seed: 3, Faults: x.opt})
				s.lock()
				for _, n := range s.plan.Masters() {
					s.verify(checks.New(s.nodes, checks.SubjectOf(s.plan)), n.Name)
				}
				s.launch("a1")
				time.Sleep(5 * time.Minute)
				c := checks.New(s.nodes, checks.SubjectOf(s.plan))
				base, err := c.Baseline(t.Context(), "a1")
				if err != nil {
					t.Fatal(err)
				}
				for _, gate := range []string{"registered", "mesos-version", "units"} {
					spec, _ := checks.Spec(gate, s.plan.Nodes[len(s.plan.Nodes)-1].Role)
					fs, err := c.Check(t.Context(), plan.Task{Baseline: base,
						Step: plan.Step{ID: "general/a1/return", Node: "a1", Action: plan.ActionReturn, Gates: []plan.GateSpec{spec}}})
					if err != nil {
						t.Fatal(err)
					}
					if fs[0].Status.OK() != x.holds {
						t.Errorf("%+v", fs[0])
					}
				}
			})
		})
	}
}
