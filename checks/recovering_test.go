package checks

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// recoverOnly is a leader that lists no agent and still waits for one.
const recoverOnly = `{"type":"GET_AGENTS","get_agents":{"agents":[],"recovered_agents":[{"hostname":"10.0.1.37","id":{"value":"x-S41"}}]}}`

func TestABaselineIsNotTakenOfAnAgentThatTheLeaderStillRecovers(t *testing.T) {
	for _, c := range []struct {
		name      string
		recovered []dcos.Agent
		listed    bool
		node      inventory.NodeName
		says      string // empty: a baseline is taken
	}{
		{"an agent that is recovering", []dcos.Agent{{ID: "x-S41", Hostname: "10.0.1.37"}}, false, "a037", "m2 still waits for a037 (x-S41) since its failover"},
		{"an agent that may be the one that is recovering", []dcos.Agent{{ID: "x-S41", Hostname: "a037.example.com"}}, false, "a037", "x-S41"},
		{"an unlisted agent while another is recovering", []dcos.Agent{{ID: "x-S7", Hostname: "10.0.1.7"}}, false, "a037", ""},
		{"a listed agent of which an older id is recovering", []dcos.Agent{{ID: "x-S7", Hostname: "10.0.1.37"}}, true, "a037", ""},
		{"a master while an agent is recovering", []dcos.Agent{{ID: "x-S41", Hostname: "10.0.1.37"}}, false, "m1", "m2 still waits for a037 (x-S41) since its failover"},
		{"a master while an unknown agent is recovering", []dcos.Agent{{ID: "x-S7", Hostname: "10.0.1.7"}}, true, "m1", "m2 still waits for 10.0.1.7 (x-S7) since its failover"},
		{"a master while nothing is recovering", nil, true, "m1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				f.recovered = c.recovered
				if !c.listed {
					f.agents = nil
				}
				b, err := takeBaseline(t, f, c.node)
				switch {
				case c.says == "" && err != nil:
					t.Error(err)
				case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
					t.Errorf("baseline %+v, error %v; want an error with %q", b, err, c.says)
				}
			})
		})
	}
}

func TestAMastersBaselineDoesNotWaitForAnExcludedAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, p := newFake(), fakeSubject()
		p.Nodes[3].Disposition = plan.Excluded
		f.agents, f.recovered = nil, []dcos.Agent{{ID: "x-S41", Hostname: "10.0.1.37"}}
		if _, err := New(f, p).Baseline(t.Context(), "m1"); err != nil {
			t.Error(err)
		}
	})
}

func TestAnObservationWithholdsWhatTheLeaderStillRecovers(t *testing.T) {
	agents, err := dcos.ParseGetAgents([]byte(recoverOnly))
	if err != nil {
		t.Fatal(err)
	}
	l := lead(1, 0, 0)
	l.agents = agents
	v := view{nodes: append(threeMasters(), agentNode()), lead: l}
	for _, n := range threeMasters() {
		v.looks = append(v.looks, masterLook{node: n})
	}
	obs := v.observation()
	if s, ok := obs.State("a037"); !ok || s.State != plan.AgentRecovering || !strings.Contains(s.Detail, "m1 still waits for it (x-S41) since its failover") {
		t.Errorf("%+v", obs.Agents)
	}
	for _, n := range []inventory.NodeName{"a037", "m1", "m3"} {
		if why := withheld(obs, v, n); !strings.Contains(why, "since its failover") {
			t.Errorf("%s may be admitted: %q", n, why)
		}
	}
	if !slices.Contains(obs.Out, "a037") {
		t.Errorf("out: %v", obs.Out)
	}
	v.lead.agents = dcos.Agents{Registered: []dcos.Agent{{ID: "x-S41", IP: "10.0.1.37", Active: true}}, Recovered: []dcos.Agent{{ID: "x-S7", Hostname: "10.0.1.7"}}}
	obs = v.observation()
	if why := withheld(obs, v, "a037"); why != "" {
		t.Errorf("withheld for the recovery of another agent: %s", why)
	}
	if why := withheld(obs, v, "m1"); !strings.Contains(why, "10.0.1.7 (x-S7)") {
		t.Errorf("a master may be admitted although its baseline would lack an agent: %q", why)
	}
}

func withheld(obs plan.Observation, v view, name inventory.NodeName) string {
	n := v.nodes[slices.IndexFunc(v.nodes, func(n plan.Node) bool { return n.Name == name })]
	return (&plan.Plan{}).Withheld(obs, n, plan.StageGroup, false, began)
}

// After a failover Mesos waits for an agent as long as agent_reregister_timeout
// says, and sends it no pings.
func TestARecoveringAgentIsMeasuredAgainstTheReregisterTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		f.set(func() { f.agents, f.recovered = nil, []dcos.Agent{{ID: "x-S41", Hostname: "10.0.1.37"}} })
		for _, wait := range []time.Duration{0, 5*time.Minute + time.Second} {
			time.Sleep(wait)
			a, err := c.Away(t.Context(), "a037")
			if err != nil || a.Spent() || a.Budget != 10*time.Minute {
				t.Errorf("after %s: %+v, %v", wait, a, err)
			}
		}
		time.Sleep(5 * time.Minute)
		if a, _ := c.Away(t.Context(), "a037"); !a.Spent() {
			t.Errorf("after the timeout: %+v", a)
		}
	})
}

func TestAnAgentThatRecoversIsNotTakenForOneThatIsGone(t *testing.T) {
	a := afterPatch(agentNode())
	a.base.Absent["agent"] = "m1 works and does not list it"
	l := lead(1, 0, 0)
	l.agents.Recovered = []dcos.Agent{{ID: "x-S41", Hostname: "10.0.1.37"}}
	ans := judgeRegistered(l, fresh(dcos.PrivateAgent.MesosUnit()), a)
	if ans.Finding.Status.OK() || !strings.Contains(ans.Finding.Observed, "since the failover") {
		t.Errorf("%s %q", ans.Finding.Status, ans.Finding.Observed)
	}
}
