package simcluster

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recording is an exchange with a real Mesos.
type recording struct {
	Response struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    any               `json:"body"`
	} `json:"response"`
}

func recorded(t *testing.T, name string) recording {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../dcos/testdata/recordings", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// fits compares what we serve with what was recorded: every key of ours is
// there, with the same type. Lists are compared by their elements together.
func fits(path string, ours, real any) (wrong []string) {
	switch o := ours.(type) {
	case map[string]any:
		r, ok := real.(map[string]any)
		if !ok {
			return []string{path + ": an object here, not in the recording"}
		}
		for k, v := range o {
			switch there, ok := r[k]; {
			case !ok:
				wrong = append(wrong, path+"/"+k+": not in the recording")
			default:
				wrong = append(wrong, fits(path+"/"+k, v, there)...)
			}
		}
	case []any:
		r, ok := real.([]any)
		if !ok || len(r) == 0 {
			if len(o) > 0 {
				wrong = append(wrong, path+": elements here, none in the recording")
			}
			return wrong
		}
		all := merged(r)
		for i, v := range o {
			wrong = append(wrong, fits(fmt.Sprintf("%s[%d]", path, i), v, all)...)
		}
	default:
		if fmt.Sprintf("%T", ours) != fmt.Sprintf("%T", real) {
			wrong = append(wrong, fmt.Sprintf("%s: %T here, %T in the recording", path, ours, real))
		}
	}
	return wrong
}

// merged is an object with the keys of all elements.
func merged(list []any) any {
	all := map[string]any{}
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return list[0]
		}
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}

func TestAnswersHaveTheShapeOfTheRecordings(t *testing.T) {
	bubble(t, Options{Private: 2}, func(t *testing.T, c *Cluster) {
		lead, standby := c.mesos.leader.name, "m1"
		if lead == standby {
			standby = "m2"
		}
		// An agent that came back, so that its reregistered_time is there.
		leave := c.enter()
		c.byName["a2"].stopDaemons()
		c.byName["a2"].startDaemons()
		leave()
		time.Sleep(time.Minute)
		for _, test := range []struct{ node, port, ask, recording string }{
			{lead, "5050", "/metrics/snapshot", "034-metrics-leader"},
			{standby, "5050", "/metrics/snapshot", "035-metrics-standby"},
			{"a1", "5051", "/metrics/snapshot", "042-agent-metrics-registered"},
			{lead, "5050", "/version", "044-version-leader"},
			{standby, "5050", "/version", "063-version-standby"},
			{"a1", "5051", "/version", "115-agent-version"},
			{lead, "5050", "/flags", "046-flags-leader"},
			{standby, "5050", "/flags", "065-flags-standby"},
			{"a1", "5051", "/flags", "117-agent-flags"},
			{standby, "5050", "/state", "066-state-standby"},
			{standby, "5050", "/slaves", "069-slaves-standby"},
			{standby, "5050", "GET_HEALTH", "085-GET_HEALTH-standby"},
			{lead, "5050", "GET_HEALTH", "086-GET_HEALTH-leader"},
			{standby, "5050", "GET_AGENTS", "091-GET_AGENTS-standby"},
			{"a1", "5051", "GET_HEALTH", "121-agent-GET_HEALTH"},
			{lead, "5050", "GET_AGENTS", "291-GET_AGENTS-unreachable"},
			{lead, "5050", "GET_TASKS", "139-GET_TASKS-tasks-leader"},
			{lead, "5050", "NO_SUCH_CALL", "105-NO_SUCH_CALL-leader"},
			{lead, "5050", "/slaves", "323-slaves-after-additive"},
			{"a1", "5051", "GET_AGENT", "145-agent-GET_AGENT-tasks"},
			{"a1", "5051", "GET_TASKS", "142-agent-GET_TASKS-tasks"},
			{"a1", "5051", "GET_MASTER", "132-agent-GET_STATE_v1_on_master_call"},
		} {
			l := must(t, c, test.node)
			method, path, body := "GET", test.ask, any(nil)
			if !strings.HasPrefix(test.ask, "/") {
				method, path, body = "POST", "/api/v1", map[string]string{"type": test.ask}
			}
			res, data, err := l.http(method, "http://"+c.Address(test.node)+":"+test.port+path, body)
			if err != nil {
				t.Fatalf("%s: %v", test.recording, err)
			}
			r := recorded(t, test.recording)
			if res.StatusCode != r.Response.Status || res.Header.Get("Content-Type") != r.Response.Headers["Content-Type"] {
				t.Errorf("%s: %d %q, recorded %d %q", test.recording, res.StatusCode, res.Header.Get("Content-Type"), r.Response.Status, r.Response.Headers["Content-Type"])
			}
			if loc := r.Response.Headers["Location"]; loc != "" {
				_, after, _ := strings.Cut(strings.TrimPrefix(loc, "//"), "/")
				if want := "//" + c.Address(lead) + ":5050/" + after; res.Header.Get("Location") != want {
					t.Errorf("%s: Location %q, want %q", test.recording, res.Header.Get("Location"), want)
				}
			}
			var ours any
			if len(data) > 0 && json.Unmarshal(data, &ours) == nil {
				for _, w := range fits(test.recording, ours, r.Response.Body) {
					t.Error(w)
				}
			}
			l.ssh.Close()
		}
	})
}

func TestAnElectedMasterThatHasNotReadTheRegistryAnswersAsRecorded(t *testing.T) {
	bubble(t, Options{Private: 2}, func(t *testing.T, c *Cluster) {
		leave := c.enter()
		lead := c.mesos.leader.name
		c.mesos.recovered = false
		leave()
		l := must(t, c, lead)
		for _, test := range []struct{ ask, recording string }{
			{"/metrics/snapshot", "019-metrics-elected-unrecovered"},
			{"/slaves", "022-slaves-elected-unrecovered"},
			{"GET_HEALTH", "027-GET_HEALTH-elected-unrecovered"},
			{"GET_AGENTS", "028-GET_AGENTS-elected-unrecovered"},
		} {
			method, path := "GET", test.ask
			if !strings.HasPrefix(test.ask, "/") {
				method, path = "POST", "/api/v1"
			}
			res, data, err := l.http(method, "http://"+c.Address(lead)+":5050"+path, map[string]string{"type": test.ask})
			if err != nil {
				t.Fatal(err)
			}
			r := recorded(t, test.recording)
			if res.StatusCode != r.Response.Status {
				t.Errorf("%s: %d, recorded %d", test.recording, res.StatusCode, r.Response.Status)
			}
			var ours any
			if json.Unmarshal(data, &ours) != nil {
				ours = string(data)
			}
			for _, w := range fits(test.recording, ours, r.Response.Body) {
				t.Error(w)
			}
			if m, ok := ours.(map[string]any); ok && m["registrar/registry_size_bytes"] != nil {
				t.Error("registry_size_bytes before the registry has been read")
			}
		}
	})
}

func TestTheOperatorAPIWantsItsContentTypeExactly(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, c *Cluster) {
		l := must(t, c, c.mesos.leader.name)
		for kind, recording := range map[string]string{
			"": "109-api-v1-no-content-type", "application/json; charset=utf-8": "110-api-v1-charset", "text/plain": "111-api-v1-text",
		} {
			status, body := l.post(kind)
			r := recorded(t, recording)
			if status != r.Response.Status || body != r.Response.Body {
				t.Errorf("%q: %d %q, recorded %d %q", kind, status, body, r.Response.Status, r.Response.Body)
			}
		}
	})
}
