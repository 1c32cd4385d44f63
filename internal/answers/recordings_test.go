package answers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// recording is an exchange with a real Mesos.
type recording struct {
	Request struct {
		Method  string            `json:"method"`
		Path    string            `json:"url_path"`
		Headers map[string]string `json:"headers"`
		Body    any               `json:"body"`
	} `json:"request"`
	Response struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    any               `json:"body"`
	} `json:"response"`
}

func recorded(t *testing.T, name string) (r recording) {
	t.Helper()
	data, err := os.ReadFile("../../dcos/testdata/recordings/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// request is the recorded request.
func (r recording) request() (*http.Request, []byte) {
	body := []byte{}
	if r.Request.Body != nil {
		body, _ = json.Marshal(r.Request.Body)
	}
	req := httptest.NewRequest(r.Request.Method, r.Request.Path, nil)
	for k, v := range r.Request.Headers {
		req.Header.Set(k, v)
	}
	return req, body
}

// shape lists where a JSON value has which type. Elements of a list are alike.
func shape(v any, at string, into map[string]bool) map[string]bool {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			shape(e, at+"/"+k, into)
		}
	case []any:
		for _, e := range v {
			shape(e, at+"[]", into)
		}
	default:
		into[fmt.Sprintf("%s is %T", at, v)] = true
	}
	return into
}

// began is a moment of the models.
var began = time.Date(2026, 11, 29, 22, 0, 0, 123456000, time.UTC)

// leader is a master with an agent in every phase.
func leader() Master {
	tasks := []*Task{
		{ID: "t1", Name: "app", Framework: "f", Agent: "x-S1", State: TaskRunning, Started: began},
		{ID: "t2", Name: "app", Framework: "f", Agent: "x-S1", State: TaskFailed, Started: began, Ended: began.Add(time.Minute), Reason: "REASON_EXECUTOR_TERMINATED", Message: "gone"},
	}
	away := []*Task{{ID: "t3", Name: "app", Framework: "f", Agent: "x-S4", State: TaskUnreachable, Started: began}}
	agent := func(n int, p Phase) Agent {
		return Agent{ID: fmt.Sprintf("x-S%d", n), IP: fmt.Sprintf("127.0.1.%d", n), Version: "1.12.0", Phase: p, Registered: began,
			Total: Resources{4, 4096, "*"}, Used: func() Resources { return Resources{0.1, 128, "*"} }}
	}
	agents := []Agent{agent(1, Registered), agent(2, Registered), agent(3, Recovering), agent(4, Unreachable), agent(5, Unlisted)}
	agents[0].Connected, agents[0].Reregistered, agents[0].Tasks = true, began.Add(time.Hour), tasks
	agents[1].Deactivated = func() bool { return true }
	agents[3].Tasks = away
	return Master{ID: "x", IP: "127.0.0.1", Build: Build{"1.12.0", "0123"}, Cluster: "lab", Masters: 3, Marathon: "x-0000", Leader: "127.0.0.1", Leads: true, Recovered: true,
		Uptime: time.Hour, Voting: true, Ensemble: 3, Limits: Limits{15 * time.Second, 20, 10 * time.Minute, time.Minute, 10 * time.Second},
		Agents: func() []Agent { return agents }, Frameworks: []Framework{{"x-0001", "probe", "s", true}}}
}

func window(ip string, length time.Duration) Window {
	return Window{[]MachineID{{ip, ip}}, began, length}
}

// scheduled are windows, and one machine that is down unless it has no name.
func scheduled(down MachineID, windows ...Window) func() Maintenance {
	m := Maintenance{Windows: windows}
	if down != (MachineID{}) {
		m = m.TakenDown([]MachineID{down})
	}
	return func() Maintenance { return m }
}

func standby() Master {
	m := leader()
	m.Leads, m.Recovered, m.IP = false, false, "127.0.0.2"
	return m
}

func agentProcess() Process {
	return Process{ID: "x-S1", IP: "127.0.1.1", Build: Build{"1.12.0", "0123"}, Uptime: time.Hour, Leader: true, Settled: true, Executors: 10 * time.Second,
		Recovery: time.Second, Tasks: leader().Agents()[0].Tasks}
}

// TestAnswersHaveTheShapeOfTheRecordings: whatever is answered stands in some
// recording of the same request in such a state, at the same place and with the same type.
func TestAnswersHaveTheShapeOfTheRecordings(t *testing.T) {
	unread, windows, down := leader(), leader(), leader()
	unread.Recovered = false
	windows.Maintenance = scheduled(MachineID{}, window("127.0.1.1", time.Hour))
	down.Maintenance = scheduled(MachineID{"127.0.1.1", "127.0.1.1"}, window("127.0.1.1", 0))
	for _, test := range []struct {
		answer     func(*http.Request, []byte) Reply
		metrics    func() map[string]float64
		recordings string
	}{
		{leader().Answer, leader().Metrics, "034-metrics-leader 295-metrics-leader-unreachable 044-version-leader 046-flags-leader 086-GET_HEALTH-leader 105-NO_SUCH_CALL-leader " +
			"138-GET_AGENTS-tasks-leader 291-GET_AGENTS-unreachable 453-GET_AGENTS-deactivated 901-rereg-timeout-GET_AGENTS-early 139-GET_TASKS-tasks-leader 294-GET_TASKS-unreachable 333-GET_TASKS-unreachable-2 412-drain-no-ack-GET_TASKS-master 141-GET_FRAMEWORKS-tasks-leader 323-slaves-after-additive 902-rereg-timeout-slaves-early " +
			"099-GET_MAINTENANCE_STATUS-leader 100-GET_MAINTENANCE_SCHEDULE-leader 109-api-v1-no-content-type 110-api-v1-charset 111-api-v1-text"},
		{standby().Answer, standby().Metrics, "035-metrics-standby 063-version-standby 065-flags-standby 066-state-standby 069-slaves-standby 085-GET_HEALTH-standby 091-GET_AGENTS-standby"},
		{unread.Answer, unread.Metrics, "019-metrics-elected-unrecovered 022-slaves-elected-unrecovered 027-GET_HEALTH-elected-unrecovered 028-GET_AGENTS-elected-unrecovered 030-GET_MAINTENANCE_STATUS-elected-unrecovered"},
		{windows.Answer, nil, "193-GET_MAINTENANCE_STATUS-draining 194-GET_MAINTENANCE_SCHEDULE"},
		{down.Answer, nil, "240-GET_MAINTENANCE_STATUS-down"},
		{agentProcess().Answer, agentProcess().Metrics, "042-agent-metrics-registered 136-agent-metrics-tasks 115-agent-version 117-agent-flags 121-agent-GET_HEALTH " +
			"145-agent-GET_AGENT-tasks 142-agent-GET_TASKS-tasks 265-agent-GET_TASKS-drained 413-drain-no-ack-agent-GET_TASKS 132-agent-GET_STATE_v1_on_master_call"},
	} {
		ours, real := map[string]map[string]bool{}, map[string]map[string]bool{}
		for name := range strings.FieldsSeq(test.recordings) {
			r := recorded(t, name)
			req, body := r.request()
			got := test.answer(req, body)
			if r.Request.Path == "/metrics/snapshot" {
				got = JSON(test.metrics())
			}
			if got.Status != r.Response.Status || got.Type != r.Response.Headers["Content-Type"] {
				t.Errorf("%s: %d %q, recorded %d %q", name, got.Status, got.Type, r.Response.Status, r.Response.Headers["Content-Type"])
			}
			if at := r.Response.Headers["Location"]; at != "" && at[strings.LastIndex(at, ":"):] != got.Location[strings.LastIndex(got.Location, ":"):] {
				t.Errorf("%s: Location %q, recorded %q", name, got.Location, at)
			}
			var v any
			if json.Unmarshal(got.Body, &v) != nil {
				if text, is := r.Response.Body.(string); is && text != string(got.Body) {
					t.Errorf("%s: %q, recorded %q", name, got.Body, text)
				}
				continue
			}
			asked := r.Request.Path + string(body)
			if ours[asked] == nil {
				ours[asked], real[asked] = map[string]bool{}, map[string]bool{}
			}
			shape(v, "", ours[asked])
			shape(r.Response.Body, "", real[asked])
		}
		for asked, places := range ours {
			if len(places) == 0 && len(real[asked]) > 0 {
				t.Errorf("%s: nothing is said", asked)
			}
			for at := range places {
				if !real[asked][at] {
					t.Errorf("%s: %s, and in no recording", asked, at)
				}
			}
		}
	}
}
