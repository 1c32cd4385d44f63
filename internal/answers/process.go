package answers

import (
	"net/http"
	"strings"
	"time"
)

// Process is what a Mesos agent knows at a moment.
type Process struct {
	ID, IP    string
	Build     Build
	Uptime    time.Duration
	Leader    bool          // it knows a leading master, which is all that slave/registered says
	Settled   bool          // its recovery is over
	Executors time.Duration // how long it waits for executors of before
	Recovery  time.Duration // that its recovery took
	Tasks     []*Task
	Drain     Drain // until its own executors have ended, which is after its master says so
}

// Answer answers every request but for metrics.
func (p Process) Answer(r *http.Request, body []byte) Reply {
	switch strings.TrimPrefix(r.URL.Path, "/slave(1)") {
	case "/version":
		return JSON(p.Build.json())
	case "/health":
		return Reply{Status: http.StatusOK}
	case "/flags":
		return JSON(Object{"flags": p.flags()})
	case "/api/v1":
		return p.operator(r, body)
	default:
		return notFound()
	}
}

func (p Process) flags() map[string]string {
	return map[string]string{
		"ip": p.IP, "hostname": p.IP, "port": "5051", "work_dir": "/var/lib/mesos/slave",
		"executor_reregistration_timeout": duration(p.Executors),
		"recovery_timeout":                "24hrs",
		"reconfiguration_policy":          "additive",
	}
}

func (p Process) operator(r *http.Request, body []byte) Reply {
	call, no := readCall(r, body, "agent")
	if no.Status != 0 {
		return no
	}
	if a, ok := commonCall(call, p.Build, p.flags()); ok {
		return a
	}
	if !p.Settled {
		return Text(http.StatusServiceUnavailable, "Agent has not finished recovery")
	}
	switch call {
	case "GET_AGENT":
		self := Object{"agent_info": agentInfo(p.ID, p.IP)}
		if p.Drain.State != "" {
			self["drain_config"], self["estimated_drain_start_time"] = p.Drain.config(), p.Drain.since()
		}
		return called(call, self)
	case "GET_TASKS":
		return called(call, p.tasks())
	}
	return otherCall(call, "agent")
}

// tasks is get_tasks of the agent: what runs, runs for it whatever the master
// makes of that.
func (p Process) tasks() Object {
	launched, terminated, completed := []Object{}, []Object{}, []Object{}
	for _, t := range p.Tasks {
		switch {
		case t.Runs():
			launched = append(launched, t.json(TaskRunning))
		case t.Live():
			launched = append(launched, t.json(t.State))
		case t.Unacknowledged:
			terminated = append(terminated, t.json(t.State))
		default:
			completed = append(completed, t.json(t.State))
		}
	}
	return Object{"pending_tasks": []Object{}, "queued_tasks": []Object{}, "launched_tasks": launched, "terminated_tasks": terminated, "completed_tasks": completed}
}
