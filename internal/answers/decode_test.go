package answers

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func (m Master) call(kind string) []byte {
	r := httptest.NewRequest(http.MethodPost, "/api/v1", nil)
	r.Header.Set("Content-Type", TypeJSON)
	return m.Answer(r, []byte(`{"type":"`+kind+`"}`)).Body
}

// TestTheProductsDecodersReadWhatIsSaid: the decoders that read a real cluster
// find in the answers what the model has.
func TestTheProductsDecodersReadWhatIsSaid(t *testing.T) {
	m := leader()
	m.Maintenance = scheduled(MachineID{"127.0.1.2", "127.0.1.2"}, window("127.0.1.1", time.Hour), window("127.0.1.2", 0))
	want := func(what string, err error, got, want any) {
		t.Helper()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", what, err, got, want)
		}
	}
	registered := []dcos.Agent{
		{ID: "x-S1", Hostname: "127.0.1.1", IP: "127.0.1.1", Version: "1.12.0", Active: true, RegisteredAt: began, ReregisteredAt: began.Add(time.Hour)},
		{ID: "x-S2", Hostname: "127.0.1.2", IP: "127.0.1.2", Version: "1.12.0", Deactivated: true, RegisteredAt: began},
	}
	recovered := []dcos.Agent{{ID: "x-S3", Hostname: "127.0.1.3"}}
	agents, err := dcos.ParseGetAgents(m.call("GET_AGENTS"))
	want("GET_AGENTS", err, agents, dcos.Agents{Registered: registered, Recovered: recovered})

	tasks, err := dcos.ParseGetTasks(m.call("GET_TASKS"))
	t1 := dcos.AgentTask{ID: "t1", Name: "app", FrameworkID: "f", AgentID: "x-S1", State: TaskRunning, Ran: began.Truncate(time.Millisecond)}
	t2 := dcos.AgentTask{ID: "t2", Name: "app", FrameworkID: "f", AgentID: "x-S1", State: TaskFailed, Reason: "REASON_EXECUTOR_TERMINATED", Message: "gone"}
	t3 := dcos.AgentTask{ID: "t3", Name: "app", FrameworkID: "f", AgentID: "x-S4", State: TaskUnreachable}
	want("GET_TASKS", err, tasks, dcos.Tasks{Launched: []dcos.AgentTask{t1}, Completed: []dcos.AgentTask{t2}, Unreachable: []dcos.AgentTask{t3}})

	status, err := dcos.ParseMaintenanceStatus(m.call("GET_MAINTENANCE_STATUS"))
	one, two := dcos.Machine{Hostname: "127.0.1.1", IP: "127.0.1.1"}, dcos.Machine{Hostname: "127.0.1.2", IP: "127.0.1.2"}
	want("GET_MAINTENANCE_STATUS", err, status, dcos.MaintenanceStatus{Draining: []dcos.Machine{one}, Down: []dcos.Machine{two}})
	windows, err := dcos.ParseMaintenanceSchedule(m.call("GET_MAINTENANCE_SCHEDULE"))
	want("GET_MAINTENANCE_SCHEDULE", err, windows, []dcos.MaintenanceWindow{{Machines: []dcos.Machine{one}, Start: began, Duration: time.Hour}, {Machines: []dcos.Machine{two}, Start: began}})

	frameworks, err := dcos.ParseGetFrameworks(m.call("GET_FRAMEWORKS"))
	want("GET_FRAMEWORKS", err, len(frameworks), 2)

	peers := []Peer{ExhibitorServing.At("127.0.0.1", true), ExhibitorLatent.At("127.0.0.2", false)}
	servers, err := dcos.ParseExhibitorStatus(JSON(peers).Body)
	want("exhibitor", err, servers, []dcos.ExhibitorServer{{Code: 3, Description: "serving", Hostname: "127.0.0.1", IsLeader: true}, {Code: 0, Description: "latent", Hostname: "127.0.0.2"}})
}

func TestAnOldMasterSaysNothingOfDeactivation(t *testing.T) {
	m := leader()
	m.Build.Version = "1.8.0"
	if text := string(m.call("GET_AGENTS")); strings.Contains(text, "deactivated") || !strings.Contains(text, "registered_time") {
		t.Error(text)
	}
}

func TestCockroachIsReadInEveryForm(t *testing.T) {
	start := began.Truncate(time.Second)
	for _, v := range []dcos.Version{"1.12.0", "1.13.0", "2.0.0", "2.1.0", "2.2.0"} {
		form := CockroachOf(v)
		nodes := []CockroachNode{
			{ID: 1, IP: "10.0.0.1", Form: form, Started: start, Updated: start.Add(time.Minute), Up: true, Leases: 8, Ranges: 25, Under: 3},
			{ID: 2, IP: "10.0.0.2", Form: form, Started: start, Up: true, Leases: 8, Ranges: 25},
		}
		got, err := dcos.ParseCockroachStatus([]byte(form.Status(nodes)))
		if err != nil || len(got) != 2 {
			t.Errorf("%s: %v %+v", v, err, got)
			continue
		}
		n := got[0]
		if n.ID != "1" || n.Address != "10.0.0.1:26257" || !n.StartedAt.Equal(start) || !n.UpdatedAt.Equal(start.Add(time.Minute)) || n.UnderReplicated.N != 3 || n.Ranges.N != 25 || !got[1].UpdatedAt.IsZero() {
			t.Errorf("%s: %+v", v, got)
		}
	}
	mixed := []CockroachNode{{ID: 1, IP: "10.0.0.1", Form: CockroachOf("1.13.0"), Started: start, Updated: start, Up: true}}
	got, err := dcos.ParseCockroachStatus([]byte(CockroachOf("2.1.0").Status(mixed)))
	if err != nil || got[0].Build != "" || !got[0].StartedAt.IsZero() || got[0].Live.Yes {
		t.Errorf("a row of an older version: %v %+v", err, got)
	}
}

func TestTheCheckRunnersWorst(t *testing.T) {
	for _, test := range []struct {
		checks map[string]Check
		code   int
	}{
		{nil, 0},
		{map[string]Check{"a": {}, "b": {"hm", 1}}, 1},
		{map[string]Check{"a": {"no\n", 2}, "b": {"", 1}}, 2},
		{map[string]Check{"a": {"not found", 127}}, 3},
		{map[string]Check{"a": {"", -1}}, 3},
	} {
		text, code := Checks(test.checks)
		r, err := dcos.ParseCheckReport([]byte(text))
		if err != nil || code != test.code || r.Status != test.code || len(r.Checks) != len(test.checks) {
			t.Errorf("%v: exit %d, %v %+v, want %d", test.checks, code, err, r, test.code)
		}
	}
	r, err := dcos.ParseCheckReport([]byte(ChecksNotFound("x")))
	if err != nil || r.Error == "" || len(r.NotRun) != 1 {
		t.Errorf("a check that is not there: %v %+v", err, r)
	}
}

func TestFrameworkEventsAreRead(t *testing.T) {
	m := leader()
	for _, test := range []struct {
		event Object
		want  dcos.SchedulerEvent
	}{
		{Heartbeat(), dcos.SchedulerEvent{Type: "HEARTBEAT"}},
		{m.Subscribed("x-0001", 15*time.Second), dcos.SchedulerEvent{Type: dcos.EventSubscribed, FrameworkID: "x-0001", Heartbeat: 15 * time.Second}},
		{Update(Status{Task: Value{"t1"}, Agent: Value{"x-S1"}, State: TaskLost, Source: "SOURCE_MASTER", Reason: "R", Message: "M", UUID: "dQ=="}.At(began)),
			dcos.SchedulerEvent{Type: dcos.EventUpdate, Update: dcos.TaskUpdate{TaskID: "t1", AgentID: "x-S1", State: TaskLost, Source: "SOURCE_MASTER", Reason: "R", Message: "M", UUID: "dQ=="}}},
	} {
		got, err := dcos.ParseSchedulerEvent(JSON(test.event).Body)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%v: %+v, want %+v", err, got, test.want)
		}
	}
	got, err := dcos.ParseSchedulerEvent(JSON(Offers([]Offer{{ID: "o1", Framework: "x-0001", Role: "r", Agent: "x-S1", IP: "127.0.1.1", Resources: Resources{2.00049, 100, "r"}}})).Body)
	if err != nil || len(got.Offers) != 1 || got.Offers[0].ID != "o1" || got.Offers[0].AgentID != "x-S1" {
		t.Errorf("an offer: %v %+v", err, got)
	}
	var b strings.Builder
	if err := WriteEvent(&b, Heartbeat()); err != nil || b.String() != "20\n"+`{"type":"HEARTBEAT"}` {
		t.Errorf("on the stream: %v %q", err, b.String())
	}
}
