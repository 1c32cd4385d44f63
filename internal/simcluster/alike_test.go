package simcluster

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// alike says where an answer of ours differs from the recorded one: in status and type, in
// a text, in a place or type that no recording of the question has, or in what decides.
func (s *stage) alike(x exchange, got answers.Reply) (wrong []string) {
	differ := func(what string, ours, recorded any) {
		if fmt.Sprint(ours) != fmt.Sprint(recorded) {
			wrong = append(wrong, fmt.Sprintf("%s: %v, recorded %v", what, ours, recorded))
		}
	}
	want := x.Response
	differ("status", got.Status, want.Status)
	differ("Content-Type", got.Type, want.Headers["Content-Type"])
	differ("Location", got.Location, s.ours(want.Headers["Location"]))
	if recorded, is := want.Body.(string); is {
		differ("text", strings.ToLower(string(got.Body)), strings.ToLower(s.ours(recorded)))
		return wrong
	}
	var v any
	if err := json.Unmarshal(got.Body, &v); err != nil {
		return append(wrong, err.Error())
	}
	for at := range places(v, "", map[string]bool{}) {
		if !s.known[x.asked()][at] {
			wrong = append(wrong, at+", and in no recording")
		}
	}
	ours, errOurs := s.decides(x.asked(), string(got.Body))
	recorded, err := s.decides(x.asked(), s.ours(text(want.Body)))
	if err != nil || errOurs != nil {
		return append(wrong, fmt.Sprint(errOurs, err))
	}
	for what := range recorded {
		differ(what, ours[what], recorded[what])
	}
	for what := range ours {
		if _, there := recorded[what]; !there {
			wrong = append(wrong, fmt.Sprintf("%s: %v, not recorded", what, ours[what]))
		}
	}
	return wrong
}

// places lists where a JSON value has which type. Elements of a list are alike.
func places(v any, at string, into map[string]bool) map[string]bool {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			places(e, at+"/"+k, into)
		}
	case []any:
		for _, e := range v {
			places(e, at+"[]", into)
		}
	case json.Number:
		into[at+" is float64"] = true
	default:
		into[fmt.Sprintf("%s is %T", at, v)] = true
	}
	return into
}

// knownPlaces is what recordings of each question have.
func knownPlaces(all []exchange) map[string]map[string]bool {
	known := map[string]map[string]bool{}
	for _, x := range all {
		if x.Response == nil || x.Response.Status != 200 {
			continue
		}
		if known[x.asked()] == nil {
			known[x.asked()] = map[string]bool{}
		}
		places(x.Response.Body, "", known[x.asked()])
	}
	return known
}

// decisive metrics, where both have them.
var decisive = []string{
	"master/elected", "master/slaves_active", "master/slaves_inactive", "master/slaves_connected", "master/slaves_disconnected",
	"master/slaves_unreachable", "registrar/log/recovered", "slave/registered",
}

// decides reads what the product decides by, with its own decoders.
func (s *stage) decides(question, body string) (map[string]any, error) {
	out := map[string]any{}
	switch question {
	case "GET_AGENTS":
		return s.agentsDecide(body)
	case "/slaves":
		return slavesDecide(body)
	case "agent GET_AGENT":
		self, err := dcos.ParseGetAgent([]byte(body))
		out["draining"] = self.Draining
		return out, err
	case "agent GET_TASKS":
		tasks, err := dcos.ParseGetTasks([]byte(body))
		out["tasks"] = len(tasks.Pending) + len(tasks.Queued) + len(tasks.Launched)
		return out, err
	case "GET_TASKS":
		tasks, err := dcos.ParseGetTasks([]byte(body))
		out["tasks"], out["unreachable"] = len(tasks.Pending)+len(tasks.Launched), len(tasks.Unreachable)
		return out, err
	case "GET_HEALTH", "agent GET_HEALTH":
		healthy, err := dcos.ParseGetHealth([]byte(body))
		out["healthy"] = healthy
		return out, err
	case "GET_OPERATIONS", "agent GET_OPERATIONS":
		all, err := dcos.ParseGetOperations([]byte(body))
		out["operations"] = len(all)
		return out, err
	case "/maintenance/schedule", "GET_MAINTENANCE_SCHEDULE":
		windows, err := dcos.ParseSchedule(v1(question, body))
		for i, w := range windows {
			out[fmt.Sprint("window ", i)] = w.Scheduled().Text
		}
		return out, err
	case "/maintenance/status", "GET_MAINTENANCE_STATUS":
		return statusDecides(v1(question, body))
	case "/metrics/snapshot", "agent /metrics/snapshot":
		m, err := dcos.ParseMetrics([]byte(body))
		for _, name := range decisive {
			if v, known := m.Get(name); known {
				out[name] = v
			}
		}
		_, out["registry"] = m.Get("registrar/registry_size_bytes")
		return out, err
	}
	return out, nil
}

func (s *stage) agentsDecide(body string) (map[string]any, error) {
	all, err := dcos.ParseGetAgents([]byte(body))
	out := map[string]any{}
	for _, a := range all.Registered {
		out[a.Hostname] = fmt.Sprintf("%s active=%t deactivated=%t drain=%q", a.ID, a.Active, a.Deactivated, a.Drain)
		if n := s.byIP[a.IP]; n == nil || n.agent.id != a.ID {
			out[a.Hostname] = "another agent: " + a.ID
		}
	}
	for _, a := range all.Recovered {
		out[a.Hostname] = a.ID + " recovered"
	}
	return out, err
}

func slavesDecide(body string) (map[string]any, error) {
	var v struct {
		Slaves []struct {
			Hostname    string
			Active      bool
			Deactivated bool
			Drain       struct{ State string } `json:"drain_info"`
		}
		Recovered []struct{ Hostname string } `json:"recovered_slaves"`
	}
	err := json.Unmarshal([]byte(body), &v)
	out := map[string]any{}
	for _, a := range v.Slaves {
		out[a.Hostname] = fmt.Sprintf("active=%t deactivated=%t drain=%q", a.Active, a.Deactivated, a.Drain.State)
	}
	for _, a := range v.Recovered {
		out[a.Hostname] = "recovered"
	}
	return out, err
}

func statusDecides(body []byte) (map[string]any, error) {
	out := map[string]any{}
	status, err := dcos.ParseMaintenanceStatus(body)
	if err != nil {
		return out, err
	}
	frameworks := map[dcos.Machine]map[string]string{}
	all, err := dcos.ParseInverseAnswers(body)
	for _, a := range all {
		if frameworks[a.Machine] == nil {
			frameworks[a.Machine] = map[string]string{}
		}
		frameworks[a.Machine][a.FrameworkID] = a.Status
	}
	for _, m := range status.Draining {
		answered := ""
		for _, f := range slices.Sorted(maps.Keys(frameworks[m])) {
			answered += " " + f + " " + frameworks[m][f]
		}
		out[fmt.Sprint(m)] = "draining" + answered
	}
	for _, m := range status.Down {
		out[fmt.Sprint(m)] = "down"
	}
	return out, err
}
