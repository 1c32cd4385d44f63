package checks

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

func takeBaseline(t *testing.T, f *fakeCluster, name inventory.NodeName) (Baseline, error) {
	t.Helper()
	raw, err := New(f, fakeSubject()).Baseline(t.Context(), name)
	if err != nil {
		if raw != nil {
			t.Errorf("an error and a baseline: %s", raw)
		}
		return Baseline{}, err
	}
	var b Baseline
	if err := json.Unmarshal(raw, &b); err != nil {
		t.Fatal(err)
	}
	return b, nil
}

func TestABaselineHoldsWhatVerificationComparesWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		a, err := takeBaseline(t, f, "a037")
		if err != nil {
			t.Fatal(err)
		}
		if a.Processes["dcos-mesos-slave.service"].PID != 100 || a.Uptime < 863999 || a.Agent == nil || a.Agent.ID != "x-S41" || len(a.Tasks) != 1 || a.Units["dcos-mesos-slave.service"] != "active/running" {
			t.Errorf("agent: %+v", a)
		}
		m, err := takeBaseline(t, f, "m1")
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Processes) != 4 || m.Agents["x-S41"] != "10.0.1.37" || m.Cockroach == nil || m.Cockroach.StartedAt.IsZero() || m.Agent != nil {
			t.Errorf("master: %+v", m)
		}
	})
}

func TestWhatIsProvedAbsentIsRecordedAsSuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.nodes["m1"].noIAM = true
		f.agents = nil
		m, err := takeBaseline(t, f, "m1")
		if err != nil || m.Cockroach != nil || !strings.Contains(m.Absent["cockroach"], "active packages") {
			t.Errorf("master: %v %+v", err, m)
		}
		a, err := takeBaseline(t, f, "a037")
		if err != nil || a.Agent != nil || !strings.Contains(a.Absent["agent"], "m2 works and does not list it") {
			t.Errorf("agent: %v %+v", err, a)
		}
	})
}

func TestABaselineIsWholeOrAnError(t *testing.T) {
	failed := &sshexec.ExitError{Node: "m1", Cmd: "node program", Code: 1}
	for _, c := range []struct {
		name string
		node inventory.NodeName
		with func(*fakeCluster)
		says string
	}{
		{"no survey", "m1", func(f *fakeCluster) { f.nodes["m1"].broken["survey"] = failed }, "surveying"},
		{"no units", "m1", func(f *fakeCluster) { f.nodes["m1"].broken["units"] = failed }, "unit"},
		{"no checks", "m1", func(f *fakeCluster) { f.nodes["m1"].broken["checks"] = failed }, "checks of node-poststart"},
		{"no cockroach", "m1", func(f *fakeCluster) { f.nodes["m1"].broken["cockroach"] = failed }, "CockroachDB"},
		{"no metrics", "m1", func(f *fakeCluster) { f.nodes["m1"].broken[dcos.MetricsSnapshot] = errTest }, "metrics"},
		{"metrics that never come", "m1", func(f *fakeCluster) { f.nodes["m1"].hung[dcos.MetricsSnapshot] = true }, "metrics"},
		{"a leader that does not work", "a037", func(f *fakeCluster) { f.nodes["m2"].broken["/api/v1"] = errors.New("Master has not finished recovery") }, "m2 is elected, and does not work yet"},
		{"no leader", "a037", func(f *fakeCluster) { f.leader = "" }, "0 masters lead"},
		{"a node that cannot be reached", "a037", func(f *fakeCluster) { f.nodes["a037"].down = errDown }, "connection refused"},
		{"a node that is not in the plan", "m9", func(*fakeCluster) {}, "m9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				c.with(f)
				_, err := takeBaseline(t, f, c.node)
				if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), string(c.node)) {
					t.Errorf("got %v, want something about %q and %s", err, c.says, c.node)
				}
			})
		})
	}
}

func TestAwayIsMeasuredAgainstTheLeadersOwnBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		look := func() Away {
			a, err := c.Away(t.Context(), "a037")
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if a := look(); a.For() != 0 || a.Warn() || a.String() != "" {
			t.Errorf("present: %+v", a)
		}
		f.set(func() { f.agents[0].Active = false })
		look()
		for _, s := range []struct {
			wait        time.Duration
			warn, holds bool
			spent       bool
			says        string
		}{
			{119 * time.Second, false, false, false, "away 1m30s of 5m0s"},
			{2 * time.Second, true, false, false, "away 2m0s of 5m0s"},
			{60 * time.Second, true, true, false, "away 3m0s of 5m0s"},
			{120 * time.Second, true, true, true, "away 5m0s of 5m0s"},
		} {
			time.Sleep(s.wait)
			if a := look(); a.Warn() != s.warn || a.Hold() != s.holds || a.Spent() != s.spent || a.String() != s.says {
				t.Errorf("%q: warn %v, hold %v, spent %v; want %+v", a, a.Warn(), a.Hold(), a.Spent(), s)
			}
		}
		f.set(func() { f.agents[0].Active = true })
		if a := look(); a.For() != 0 || a.Hold() {
			t.Errorf("back: %+v", a)
		}
		f.set(func() { f.leader = "" })
		if _, err := c.Away(t.Context(), "a037"); err == nil {
			t.Error("nobody leads, and somebody says how long the agent is away")
		}
	})
}

func TestAnAgentAwayForAnUnknownBudgetHolds(t *testing.T) {
	if a := (Away{Since: began, Seen: began.Add(budgetUnread)}); !a.Hold() || !strings.Contains(a.String(), "unknown") {
		t.Errorf("%q hold %v", a, a.Hold())
	}
}
