package dcos_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/google/go-cmp/cmp"
)

func TestMetricsAreWhatTheAnswerHoldsAndNothingElse(t *testing.T) {
	for _, r := range recordings(t) {
		if r.asked() != "/metrics/snapshot" || r.Response.Status != 200 {
			continue
		}
		m, err := dcos.ParseMetrics(r.Response.Body)
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		all := generic(t, r.Response.Body)
		if len(m) != len(all) {
			t.Errorf("%s: %d metrics, the answer has %d", r.name, len(m), len(all))
		}
		for name, v := range all {
			want, _ := v.(json.Number).Float64()
			if got, ok := m.Get(name); !ok || got != want {
				t.Errorf("%s: %s is %v (%v), the answer says %v", r.name, name, got, ok, want)
			}
		}
	}
}

func TestMetricsTellAbsentFromZero(t *testing.T) {
	for _, c := range []struct{ name, number, metric, want string }{
		{"a leader has read its registry", "034", "registrar/registry_size_bytes", "present"},
		{"a standby has not", "035", "registrar/registry_size_bytes", "absent"},
		{"an elected master that has not recovered has not", "350", "registrar/registry_size_bytes", "absent"},
		{"a lone restarted master says recovered all the same", "350", "registrar/log/recovered", "present"},
		{"with no time to compute, recovered is left out", "037", "registrar/log/recovered", "absent"},
		{"right at the start there is no uptime", "017", "master/uptime_secs", "present"},
	} {
		m, err := dcos.ParseMetrics(body(t, c.number))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := m.Get(c.metric); ok != (c.want == "present") {
			t.Errorf("%s (%s): %s present is %v", c.name, c.number, c.metric, ok)
		}
	}
}

func TestMetricNamesWithEscapedSlashesOfMesos1_6(t *testing.T) {
	m, err := dcos.ParseMetrics([]byte(`{"registrar\/log\/recovered":1.0,"slave\/registered":0}`))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := m.Get("registrar/log/recovered"); !ok || v != 1 {
		t.Errorf("recovered is %v, %v", v, ok)
	}
	if v, ok := m.Get("slave/registered"); !ok || v != 0 {
		t.Errorf("registered is %v, %v", v, ok)
	}
}

func TestAgentsAreAsAnswered(t *testing.T) {
	for _, r := range recordings(t) {
		if r.Response.Status != 200 || r.asked() != "GET_AGENTS" {
			continue
		}
		all := generic(t, r.Response.Body)
		a, _ := dcos.ParseGetAgents(r.Response.Body)
		compareAgents(t, r.name, a, list(all, "get_agents", "agents"), list(all, "get_agents", "recovered_agents"))
	}
}

func compareAgents(t *testing.T, name string, a dcos.Agents, registered, recovered []any) {
	t.Helper()
	if len(a.Registered) != len(registered) || len(a.Recovered) != len(recovered) {
		t.Fatalf("%s: %d registered and %d recovered, the answer has %d and %d",
			name, len(a.Registered), len(a.Recovered), len(registered), len(recovered))
	}
	for i, v := range registered {
		id := at(v, "agent_info", "id", "value")
		got := a.Registered[i]
		drain, _ := at(v, "drain_info", "state").(string)
		pid := at(v, "pid").(string)
		if got.ID != id || got.Active != at(v, "active") || got.Deactivated != at(v, "deactivated") ||
			got.Version != at(v, "version") || got.Drain != drain || !strings.Contains(pid, "@"+got.IP+":") {
			t.Errorf("%s: agent %d read as %+v", name, i, got)
		}
		if got.RegisteredAt.Year() != 2026 || got.ReregisteredAt.IsZero() != (at(v, "reregistered_time") == nil) {
			t.Errorf("%s: agent %d registered at %v and %v", name, i, got.RegisteredAt, got.ReregisteredAt)
		}
	}
}

func TestAgentsExactly(t *testing.T) {
	draining, err := dcos.ParseGetAgents(body(t, "254"))
	if err != nil {
		t.Fatal(err)
	}
	got, ok := draining.Find("6797eeb3-de12-4409-88df-b396afa7ff2a-S0")
	want := dcos.Agent{
		ID: "6797eeb3-de12-4409-88df-b396afa7ff2a-S0", Hostname: "agent1.test", IP: "127.0.1.1", Version: "1.12.0",
		Deactivated: true, Drain: "DRAINING", DrainSince: time.Unix(1795294134, 0).UTC(),
		RegisteredAt:   time.Unix(0, 1795294102702384896).UTC(),
		ReregisteredAt: time.Unix(0, 1795294102702584064).UTC(),
	}
	if !ok || !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	recovered, err := dcos.ParseGetAgents(body(t, "904"))
	if err != nil {
		t.Fatal(err)
	}
	wantRecovered := dcos.Agents{Recovered: []dcos.Agent{{ID: "6f28a79b-a4c0-4332-a212-e774c409d786-S0", Hostname: "agent9.test"}}}
	if !cmp.Equal(recovered, wantRecovered) {
		t.Error(cmp.Diff(wantRecovered, recovered))
	}
}

const oneAgent = `{"type":"GET_AGENTS","get_agents":{"agents":[{"agent_info":{"hostname":"10.0.0.1","id":{"value":"S1"}},
 "active":true,"deactivated":false,"version":"1.9.1","pid":"slave(1)@10.0.0.1:5051","registered_time":{"nanoseconds":1}}]}}`

func TestAgentsWithHolesAreErrorsThatNameTheField(t *testing.T) {
	if _, err := dcos.ParseGetAgents([]byte(oneAgent)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, says string }{
		{"another call's answer", `"GET_AGENTS"`, `"GET_TASKS"`, `type "GET_TASKS"`},
		{"no type", `"type":"GET_AGENTS",`, ``, "type"},
		{"no object", `"get_agents"`, `"other"`, "get_agents"},
		{"no agent_info", `"agent_info"`, `"info"`, "agent_info"},
		{"no id", `"id":{"value":"S1"}`, `"id":{}`, "field id"},
		{"no active", `"active":true,`, ``, "field active"},
		{"active is null", `"active":true`, `"active":null`, "field active"},
		{"active is a word", `"active":true`, `"active":"true"`, "active"},
		{"no version", `"version":"1.9.1",`, ``, "field version"},
		{"inactive, and whether deactivated is not said", `"active":true,"deactivated":false`, `"active":false`, "field deactivated"},
		{"a pid without an address", `slave(1)@10.0.0.1:5051`, `slave(1)`, "field pid"},
		{"no registration", `"registered_time":{"nanoseconds":1}`, `"x":1`, "registered_time"},
		{"a drain without a state", `"active":true`, `"drain_info":{},"active":true`, "drain_info.state"},
		{"text after the end", `]}}`, `]}} x`, "after the end"},
	} {
		bad := strings.Replace(oneAgent, c.old, c.new, 1)
		if _, err := dcos.ParseGetAgents([]byte(bad)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error is %v, want one with %q", c.name, err, c.says)
		}
	}
}

func TestAgentsOfOlderMesos(t *testing.T) {
	for _, c := range []struct{ name, answer string }{
		{"Mesos 1.7 cannot deactivate", strings.NewReplacer(`"deactivated":false,`, ``, "1.9.1", "1.7.3").Replace(oneAgent)},
		{"Mesos below 1.10 leaves empty lists out", `{"type":"GET_AGENTS","get_agents":{}}`},
	} {
		if _, err := dcos.ParseGetAgents([]byte(c.answer)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTasksByPhase(t *testing.T) {
	count := func(number string) []int {
		x, err := dcos.ParseGetTasks(body(t, number))
		if err != nil {
			t.Fatal(err)
		}
		return []int{len(x.Pending), len(x.Queued), len(x.Launched), len(x.Terminated), len(x.Unreachable), len(x.Completed), len(x.Orphan)}
	}
	for _, c := range []struct {
		name, number string
		want         []int
	}{
		{"a master with six", "139", []int{0, 0, 6, 0, 0, 0, 0}},
		{"an agent with two", "142", []int{0, 0, 2, 0, 0, 0, 0}},
		{"a drained agent whose updates are not acknowledged", "265", []int{0, 0, 0, 2, 0, 3, 0}},
		{"a master with an unreachable agent", "294", []int{0, 0, 2, 0, 2, 15, 0}},
		{"a master of whose agents all are gone or unreachable", "333", []int{0, 0, 0, 0, 4, 32, 0}},
		{"an idle agent", "125", []int{0, 0, 0, 0, 0, 0, 0}},
	} {
		if got := count(c.number); !slices.Equal(got, c.want) {
			t.Errorf("%s (%s): %v, want %v", c.name, c.number, got, c.want)
		}
	}
	x, _ := dcos.ParseGetTasks(body(t, "294"))
	want := dcos.AgentTask{
		ID: "u2-aware", Name: "u2-aware", FrameworkID: "6797eeb3-de12-4409-88df-b396afa7ff2a-0001",
		AgentID: "6797eeb3-de12-4409-88df-b396afa7ff2a-S2", State: "TASK_UNREACHABLE",
	}
	got := x.Unreachable[0]
	if got.Ran.IsZero() {
		t.Error("when it began to run is not read")
	}
	got.Reason, got.Message, got.Ran = "", "", time.Time{}
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestATaskTellsTheReasonOfItsLatestStatus(t *testing.T) {
	x, _ := dcos.ParseGetTasks(body(t, "294"))
	reasons := map[string]bool{}
	for _, task := range x.Completed {
		reasons[task.State+" "+task.Reason] = true
	}
	if !reasons["TASK_LOST REASON_AGENT_REMOVED"] && !reasons["TASK_LOST REASON_SLAVE_REMOVED"] {
		t.Errorf("reasons seen: %v", reasons)
	}
}

func TestWhetherAnAgentDrainsIsTheAgentsOwnWord(t *testing.T) {
	for _, c := range []struct {
		name, number string
		draining     bool
		id           string
	}{
		{"never registered", "012", false, ""},
		{"registered", "124", false, "6797eeb3-de12-4409-88df-b396afa7ff2a-S0"},
		{"draining", "256", true, "6797eeb3-de12-4409-88df-b396afa7ff2a-S0"},
		{"drained in the master's eyes, not yet in its own", "267", true, "6797eeb3-de12-4409-88df-b396afa7ff2a-S0"},
	} {
		s, err := dcos.ParseGetAgent(body(t, c.number))
		if err != nil || s.Draining != c.draining || s.ID != c.id || s.Hostname != "agent1.test" {
			t.Errorf("%s (%s): %+v, %v", c.name, c.number, s, err)
		}
	}
}

func TestVersionHealthAndFlags(t *testing.T) {
	v, err := dcos.ParseMesosVersion(body(t, "063"))
	if want := (dcos.MesosVersion{Version: "1.12.0", GitSHA: "c1b42f79d157aa900be5cbb0c1023f1479962aa7"}); err != nil || v != want {
		t.Errorf("version is %+v, %v", v, err)
	}
	if healthy, err := dcos.ParseGetHealth(body(t, "086")); err != nil || !healthy {
		t.Errorf("healthy is %v, %v", healthy, err)
	}
	if _, err := dcos.ParseGetHealth([]byte(`{"type":"GET_HEALTH","get_health":{}}`)); err == nil {
		t.Error("no word about health is taken for an answer")
	}
	flags, err := dcos.ParseMesosFlags(body(t, "046"))
	if err != nil || flags["zk_session_timeout"] != "10secs" || flags["quorum"] != "2" {
		t.Errorf("flags are %v, %v", flags, err)
	}
	for _, bad := range []string{`{}`, `{"flags":null}`, `{"flags":{"quorum":2}}`, `{"flags":{"quorum":null}}`, `null`} {
		if _, err := dcos.ParseMesosFlags([]byte(bad)); err == nil {
			t.Errorf("flags %s are taken for an answer", bad)
		}
	}
}

func TestReregisterBudgetIsTheLeadersOwn(t *testing.T) {
	for text, want := range map[string]time.Duration{"10mins": 10 * time.Minute, "900secs": 15 * time.Minute, "0secs": 0, "-1mins": 0, "soon": 0} {
		for _, name := range []string{"agent_reregister_timeout", "slave_reregister_timeout"} {
			d, err := dcos.ReregisterBudget(map[string]string{name: text})
			if d != want || (err == nil) != (want > 0) {
				t.Errorf("%s=%s: %s, %v", name, text, d, err)
			}
		}
	}
	if d, err := dcos.ReregisterBudget(map[string]string{"agent_ping_timeout": "15secs"}); err == nil {
		t.Errorf("absent, and it is %s", d)
	}
}

func TestPingBudgetIsTheLeadersOwn(t *testing.T) {
	budget := func(number string) time.Duration {
		flags, err := dcos.ParseMesosFlags(body(t, number))
		if err != nil {
			t.Fatal(err)
		}
		d, err := dcos.PingBudget(flags)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := budget("046"); d != 6*time.Second {
		t.Errorf("2secs x 3 is %v", d)
	}
	if d := budget("448"); d != 75*time.Second {
		t.Errorf("the default is %v, want 75s", d)
	}
	flags := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	d, err := dcos.PingBudget(flags("agent_ping_timeout", "15secs", "max_slave_ping_timeouts", "20"))
	if err != nil || d != 5*time.Minute {
		t.Errorf("DC/OS, which sets the older name: %v, %v", d, err)
	}
	for name, bad := range map[string]map[string]string{
		"no flags":             nil,
		"no timeout":           flags("max_agent_ping_timeouts", "5"),
		"no count":             flags("agent_ping_timeout", "15secs"),
		"a count of none":      flags("agent_ping_timeout", "15secs", "max_agent_ping_timeouts", "0"),
		"a unit Mesos has not": flags("agent_ping_timeout", "15s", "max_agent_ping_timeouts", "5"),
		"two that contradict":  flags("agent_ping_timeout", "15secs", "max_agent_ping_timeouts", "5", "max_slave_ping_timeouts", "20"),
		"more than there is":   flags("agent_ping_timeout", "10000weeks", "max_agent_ping_timeouts", "9223372036854775807"),
	} {
		if d, err := dcos.PingBudget(bad); err == nil {
			t.Errorf("%s: %v", name, d)
		}
	}
}

func TestMesosDurations(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"15secs": 15 * time.Second, "1mins": time.Minute, "2weeks": 14 * 24 * time.Hour, "24hrs": 24 * time.Hour,
		"1.5hrs": 90 * time.Minute, "10ms": 10 * time.Millisecond, "3us": 3 * time.Microsecond, "7ns": 7, "0secs": 0,
		"0.1secs": 100 * time.Millisecond, "1.9ns": 1, "3days": 72 * time.Hour,
	} {
		if d, err := dcos.ParseMesosDuration(s); err != nil || d != want {
			t.Errorf("%s is %v, %v; want %v", s, d, err, want)
		}
	}
	for _, bad := range []string{"", "5", "5s", "10m", "-5secs", "secs", "1e3secs", "5 secs", "15secs ", "999999999weeks", ".5secs"} {
		if d, err := dcos.ParseMesosDuration(bad); err == nil {
			t.Errorf("%q is %v", bad, d)
		}
	}
	if d, err := dcos.ParseMesosDuration("9223372036854775807ns"); err != nil || d != math.MaxInt64 {
		t.Errorf("the longest is %v, %v", d, err)
	}
}
