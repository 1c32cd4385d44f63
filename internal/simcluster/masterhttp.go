package simcluster

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// masterAnswer is a Mesos master's answer to one request.
func (n *node) masterAnswer(r *http.Request, body []byte) httpReply {
	switch path := strings.TrimPrefix(r.URL.Path, "/master"); path {
	case dcos.MetricsSnapshot:
		return n.metricsQueue()
	case "/version":
		return jsonReply(n.versionAnswer())
	case "/health":
		return httpReply{status: http.StatusOK}
	case "/flags":
		return jsonReply(map[string]any{"flags": n.masterFlags()})
	case "/redirect":
		return n.redirect("")
	case "/api/v1":
		return n.masterV1(r, body)
	case "/teardown":
		return n.teardown(r, body)
	case "/slaves", "/state", "/maintenance/schedule", "/maintenance/status", "/tasks", "/frameworks":
		return n.masterV0(path)
	default:
		return httpReply{status: http.StatusNotFound}
	}
}

// redirect points to the detected leader, dead or alive.
func (n *node) redirect(path string) httpReply {
	to := n.c.mesos.detected
	if to == nil {
		return textReply(http.StatusServiceUnavailable, "No leader elected")
	}
	return httpReply{status: http.StatusTemporaryRedirect, location: fmt.Sprintf("//%s:%d%s", to.ip, dcos.MesosMasterPort, path)}
}

// masterV0: standbys redirect; a leader that has not read the registry yet
// answers 200, and with nothing in it.
func (n *node) masterV0(path string) httpReply {
	if n.c.mesos.leader != n {
		return n.redirect("/master" + path)
	}
	switch path {
	case "/slaves":
		return jsonReply(map[string]any{"slaves": n.slavesV0(), "recovered_slaves": n.c.recoveredV0()})
	case "/maintenance/schedule", "/maintenance/status":
		return jsonReply(map[string]any{})
	case "/tasks":
		return jsonReply(map[string]any{"tasks": []any{}})
	default:
		return jsonReply(map[string]any{"slaves": n.slavesV0(), "frameworks": []any{}})
	}
}

func (n *node) slavesV0() []any {
	list := []any{}
	for _, a := range n.c.listed() {
		r := a.agent.record
		e := map[string]any{"id": a.agent.id, "hostname": a.ip, "port": 5051, "pid": agentPID(a), "active": r.active && !a.deactivated(),
			"version": r.version, "registered_time": seconds(r.registered)}
		if n.runs().Compare("1.9.0") >= 0 {
			e["deactivated"] = a.deactivated()
		}
		if !r.reregistered.IsZero() {
			e["reregistered_time"] = seconds(r.reregistered)
		}
		list = append(list, e)
	}
	return list
}

func (c *Cluster) recoveredV0() []any {
	list := []any{}
	for _, a := range c.recovering() {
		list = append(list, map[string]any{"id": a.agent.id, "hostname": a.ip, "port": 5051})
	}
	return list
}

// listed are the agents that the leader lists: those in the registry that
// have come since its election.
func (c *Cluster) listed() []*node {
	var out []*node
	if c.mesos.recovered {
		for _, a := range c.agents() {
			if r := a.agent.record; r.known && !r.recovering {
				out = append(out, a)
			}
		}
	}
	return out
}

// recovering are the agents in the registry that have not come yet.
func (c *Cluster) recovering() []*node {
	var out []*node
	if c.mesos.recovered {
		for _, a := range c.agents() {
			if a.agent.record.recovering {
				out = append(out, a)
			}
		}
	}
	return out
}

func agentPID(a *node) string { return fmt.Sprintf("slave(1)@%s:5051", a.ip) }

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// mesosDuration writes a duration as Mesos does: "15secs", "300ms".
func mesosDuration(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.Itoa(int(d/time.Second)) + "secs"
	}
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', -1, 64) + "ms"
}

// masterFlags are all strings, as Mesos has them. Delays are this cluster's
// own, scaled ones: it keeps to them.
func (n *node) masterFlags() map[string]string {
	c := n.c
	return map[string]string{
		"agent_ping_timeout":       mesosDuration(c.scaled(pingTimeout)),
		"max_agent_ping_timeouts":  strconv.Itoa(pingCount),
		"agent_reregister_timeout": mesosDuration(c.scaled(reregister)),
		"registry_fetch_timeout":   mesosDuration(c.scaled(fetchTimeout)),
		"registry_store_timeout":   mesosDuration(c.scaled(fetchTimeout)),
		"zk_session_timeout":       mesosDuration(c.scaled(zkSession)),
		"zk":                       "zk://127.0.0.1:2181/mesos",
		"quorum":                   strconv.Itoa(c.opt.Masters/2 + 1),
		"cluster":                  c.opt.Name,
		"hostname":                 n.ip,
		"hostname_lookup":          "false",
		"ip":                       n.ip,
		"port":                     "5050",
		"work_dir":                 "/var/lib/dcos/mesos/master",
		"authenticate_agents":      "false",
	}
}

// v1Call checks what the operator API checks before it reads a call. A
// non-zero status is the refusal.
func v1Call(r *http.Request, body []byte, of string) (string, httpReply) {
	switch kind := r.Header.Get("Content-Type"); {
	case r.Method != http.MethodPost:
		return "", httpReply{status: http.StatusMethodNotAllowed, kind: kindText, body: []byte("Expecting one of { 'POST' }, but received '" + r.Method + "'")}
	case kind == "":
		return "", textReply(http.StatusBadRequest, "Expecting 'Content-Type' to be present")
	case kind != kindJSON:
		return "", textReply(http.StatusUnsupportedMediaType, "Expecting 'Content-Type' of application/json or application/x-protobuf")
	}
	var call struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(body, &call); err != nil {
		return "", textReply(http.StatusBadRequest, "Failed to parse body into JSON: "+err.Error())
	}
	if call.Type == "" {
		return "", textReply(http.StatusBadRequest, "Failed to validate "+of+"::Call: Expecting 'type' to be present")
	}
	return call.Type, httpReply{}
}

func (n *node) masterV1(r *http.Request, body []byte) httpReply {
	if n.c.mesos.leader != n {
		return n.redirect("/master/api/v1")
	}
	call, no := v1Call(r, body, "master")
	switch {
	case no.status != 0:
		return no
	case !n.c.mesos.recovered:
		return textReply(http.StatusServiceUnavailable, "Master has not finished recovery")
	}
	return n.leaderCall(call)
}

func (n *node) leaderCall(call string) httpReply {
	switch call {
	case "GET_HEALTH":
		return v1Reply(call, map[string]any{"healthy": true})
	case "GET_VERSION":
		return v1Reply(call, map[string]any{"version_info": n.versionAnswer()})
	case "GET_MASTER":
		return v1Reply(call, map[string]any{"master_info": map[string]any{"id": n.c.mesos.cluster, "port": 5050,
			"pid": fmt.Sprintf("master@%s:5050", n.ip), "hostname": n.ip, "version": n.master.version}})
	case "GET_FLAGS":
		flags := []any{}
		for k, v := range n.masterFlags() {
			flags = append(flags, map[string]any{"name": k, "value": v})
		}
		return v1Reply(call, map[string]any{"flags": flags})
	case "GET_AGENTS":
		return v1Reply(call, n.agentsV1())
	case "GET_FRAMEWORKS":
		return v1Reply(call, n.c.frameworksV1())
	case "GET_TASKS":
		return v1Reply(call, n.c.tasksV1())
	case "GET_MAINTENANCE_SCHEDULE":
		return v1Reply(call, map[string]any{"schedule": n.c.schedule()})
	case "GET_MAINTENANCE_STATUS":
		return v1Reply(call, map[string]any{"status": n.c.maintenance()})
	default:
		return n.notModelled("master", call)
	}
}

// v1Reply wraps an answer as the operator API does.
func v1Reply(call string, v any) httpReply {
	return jsonReply(map[string]any{"type": call, strings.ToLower(call): v})
}

// notModelled answers a call that Mesos does not have as Mesos would. One
// that it has, and the model has not, is drift.
func (n *node) notModelled(of, call string) httpReply {
	if n.runs().Compare("1.9.0") < 0 && strings.Contains(" DRAIN_AGENT DEACTIVATE_AGENT REACTIVATE_AGENT ", " "+call+" ") {
		return textReply(http.StatusBadRequest, "Failed to validate "+of+"::Call: Expecting 'type' to be present")
	}
	has := map[string]string{
		"master": "GET_METRICS GET_STATE GET_EXECUTORS GET_OPERATIONS GET_ROLES GET_QUOTA GET_WEIGHTS LIST_FILES READ_FILE " +
			"UPDATE_MAINTENANCE_SCHEDULE START_MAINTENANCE STOP_MAINTENANCE DRAIN_AGENT DEACTIVATE_AGENT REACTIVATE_AGENT MARK_AGENT_GONE " +
			"SUBSCRIBE TEARDOWN GET_LOGGING_LEVEL SET_LOGGING_LEVEL",
		"agent": "GET_METRICS GET_FRAMEWORKS GET_EXECUTORS GET_OPERATIONS GET_CONTAINERS GET_RESOURCE_PROVIDERS LIST_FILES READ_FILE " +
			"LAUNCH_CONTAINER WAIT_CONTAINER KILL_CONTAINER REMOVE_CONTAINER GET_LOGGING_LEVEL SET_LOGGING_LEVEL",
	}
	if strings.Contains(" "+has[of]+" ", " "+call+" ") {
		n.c.drift = append(n.c.drift, n.name+": v1 call "+call+" to the "+of)
	}
	return textReply(http.StatusBadRequest, "Failed to validate "+of+"::Call: Expecting 'type' to be present")
}
