package checks

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

func TestAnObservationSaysWhatTheLeaderSaysOfAnAgent(t *testing.T) {
	for _, c := range []struct {
		name  string
		with  func(*fakeCluster)
		phase plan.AgentPhase // empty: it serves
		says  string
		out   bool
	}{
		{"it serves", func(*fakeCluster) {}, "", "", false},
		{"it is stopped", func(f *fakeCluster) { f.agents[0].Active = false }, plan.AgentInactive, "m2 has lost its connection (x-S41)", true},
		{"it is deactivated", func(f *fakeCluster) { f.agents[0].Active, f.agents[0].Deactivated = false, true }, plan.AgentDeactivated, "deactivated at leader m2 (x-S41)", true},
		{"it is not listed", func(f *fakeCluster) { f.agents = nil }, plan.AgentUnlisted, "m2 does not list it", true},
		{"its machine is scheduled", func(f *fakeCluster) { f.scheduled = []string{"10.0.1.37"} }, plan.AgentScheduled, "from 2000-01-01 00:00 UTC, no end planned", false},
		{"its machine is down", func(f *fakeCluster) { f.agents, f.down = nil, []string{"10.0.1.37"} }, plan.AgentDown, "DOWN for maintenance at leader m2", true},
		{"another machine is down", func(f *fakeCluster) { f.down = []string{"10.0.1.7"} }, "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				c.with(f)
				obs := New(f, fakeSubject()).Observe(t.Context(), plan.Ask{Kind: plan.StagePreflight, Load: true})
				s, told := obs.State("a037")
				if told != (c.phase != "") || s.State != c.phase || !strings.Contains(s.Detail, c.says) || slices.Contains(obs.Out, "a037") != c.out {
					t.Errorf("%+v, out %v", s, obs.Out)
				}
			})
		})
	}
}

// Nothing may be admitted while it is not known what others do to agents.
func TestMaintenanceThatCannotBeReadIsNotGreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.noUpkeep = true
		obs := New(f, fakeSubject()).Observe(t.Context(), plan.Ask{})
		i := slices.IndexFunc(obs.Findings, func(f dcos.Finding) bool { return f.Check == "maintenance" })
		if obs.Green || i < 0 || obs.Findings[i].Status != dcos.Unknown || !strings.Contains(obs.Findings[i].Observed, "500") {
			t.Errorf("green %t: %+v", obs.Green, obs.Findings)
		}
	})
}
