package simcluster

import (
	"net/http"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// agentAnswer is a Mesos agent's answer to one request.
func (n *node) agentAnswer(r *http.Request, body []byte) httpReply {
	switch r.URL.Path {
	case dcos.MetricsSnapshot:
		return n.metricsQueue()
	case "/version":
		return jsonReply(n.versionAnswer())
	case "/health":
		return httpReply{status: http.StatusOK}
	case "/flags":
		return jsonReply(map[string]any{"flags": n.agentFlags()})
	case "/state", "/slave(1)/state":
		if !n.agent.settled {
			return textReply(http.StatusServiceUnavailable, "Agent has not finished recovery")
		}
		return jsonReply(map[string]any{"id": n.agent.id, "version": n.agent.version, "hostname": n.ip, "pid": agentPID(n)})
	case "/api/v1", "/slave(1)/api/v1":
		return n.agentV1(r, body)
	default:
		return httpReply{status: http.StatusNotFound}
	}
}

func (n *node) agentFlags() map[string]string {
	return map[string]string{
		"ip": n.ip, "hostname": n.ip, "port": "5051", "work_dir": "/var/lib/mesos/slave",
		"executor_reregistration_timeout": mesosDuration(n.c.scaled(10 * time.Second)),
		"recovery_timeout":                "24hrs",
		"reconfiguration_policy":          "additive",
	}
}

func (n *node) agentV1(r *http.Request, body []byte) httpReply {
	call, no := v1Call(r, body, "agent")
	if no.status != 0 {
		return no
	}
	if !n.agent.settled && call != "GET_HEALTH" && call != "GET_VERSION" && call != "GET_FLAGS" {
		return textReply(http.StatusServiceUnavailable, "Agent has not finished recovery")
	}
	switch call {
	case "GET_HEALTH":
		return v1Reply(call, map[string]any{"healthy": true})
	case "GET_VERSION":
		return v1Reply(call, map[string]any{"version_info": n.versionAnswer()})
	case "GET_FLAGS":
		flags := []any{}
		for k, v := range n.agentFlags() {
			flags = append(flags, map[string]any{"name": k, "value": v})
		}
		return v1Reply(call, map[string]any{"flags": flags})
	case "GET_AGENT":
		return v1Reply(call, map[string]any{"agent_info": n.agentInfo()})
	case "GET_TASKS":
		return v1Reply(call, n.agentTasks())
	case "GET_STATE":
		return v1Reply(call, map[string]any{"get_tasks": n.agentTasks(), "get_executors": map[string]any{"executors": []any{}},
			"get_frameworks": map[string]any{"frameworks": []any{}}})
	default:
		return n.notModelled("agent", call)
	}
}

func (n *node) agentInfo() map[string]any {
	return map[string]any{"hostname": n.ip, "port": 5051, "id": value(n.agent.id)}
}

func value(s string) map[string]any { return map[string]any{"value": s} }

func nanoseconds(t time.Time) map[string]any { return map[string]any{"nanoseconds": t.UnixNano()} }

// agentsV1 is get_agents of the leader's GET_AGENTS. Below 1.9 no agent can be
// deactivated, and nothing says so.
func (n *node) agentsV1() map[string]any {
	list, recovered := []any{}, []any{}
	for _, a := range n.c.listed() {
		r := a.agent.record
		e := map[string]any{"agent_info": a.agentInfo(), "active": r.active && !a.deactivated(), "version": r.version,
			"pid": agentPID(a), "registered_time": nanoseconds(r.registered)}
		if !r.reregistered.IsZero() {
			e["reregistered_time"] = nanoseconds(r.reregistered)
		}
		e["total_resources"] = a.resources(agentCPUs, agentMem)
		if cpus, mem := a.used(); cpus > 0 {
			e["allocated_resources"] = a.resources(cpus, mem)
		}
		if n.runs().Compare("1.9.0") >= 0 {
			e["deactivated"] = a.deactivated()
		}
		list = append(list, e)
	}
	for _, a := range n.c.recovering() {
		recovered = append(recovered, a.agentInfo())
	}
	return map[string]any{"agents": list, "recovered_agents": recovered}
}

// tasksV1 is get_tasks of the leader's GET_TASKS.
func (c *Cluster) tasksV1() map[string]any {
	running, unreachable, completed := []any{}, []any{}, []any{}
	for _, a := range c.agents() {
		known := a.agent.record.known && !a.agent.record.recovering
		for _, t := range a.agent.tasks {
			switch {
			case t.state == taskUnreachable:
				unreachable = append(unreachable, t.json())
			case t.state != taskRunning && t.state != taskStarting && t.state != taskStaging:
				completed = append(completed, t.json())
			case known:
				running = append(running, t.json())
			}
		}
	}
	return map[string]any{"tasks": running, "unreachable_tasks": unreachable, "completed_tasks": completed}
}

// agentTasks is get_tasks of the agent's own GET_TASKS.
func (n *node) agentTasks() map[string]any {
	launched, completed := []any{}, []any{}
	for _, t := range n.agent.tasks {
		if t.state == taskRunning || t.state == taskUnreachable {
			launched = append(launched, t.as(taskRunning))
		} else {
			completed = append(completed, t.json())
		}
	}
	return map[string]any{"pending_tasks": []any{}, "queued_tasks": []any{}, "launched_tasks": launched,
		"terminated_tasks": []any{}, "completed_tasks": completed}
}

func (t *task) json() map[string]any { return t.as(t.state) }

func (t *task) as(s taskState) map[string]any {
	status := map[string]any{"task_id": value(t.id), "state": string(s), "source": "SOURCE_EXECUTOR", "agent_id": value(t.agent), "timestamp": seconds(t.started)}
	if !t.ended.IsZero() {
		status["timestamp"] = seconds(t.ended)
		status["message"] = t.message
		if t.reason != "" {
			status["reason"], status["source"] = t.reason, "SOURCE_AGENT"
		}
	}
	return map[string]any{"name": t.name, "task_id": value(t.id), "framework_id": value(t.framework), "agent_id": value(t.agent),
		"state": string(s), "statuses": []any{status}}
}
