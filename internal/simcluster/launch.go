package simcluster

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// taskInfo is what ACCEPT says of a task.
type taskInfo struct {
	ID        v1Value `json:"task_id"`
	Name      string  `json:"name"`
	Agent     v1Value `json:"agent_id"`
	Resources []struct {
		Name   string `json:"name"`
		Scalar struct {
			Value float64 `json:"value"`
		} `json:"scalar"`
		Role       string `json:"role"`
		Allocation struct {
			Role string `json:"role"`
		} `json:"allocation_info"`
	} `json:"resources"`
	Command *struct {
		Shell bool   `json:"shell"`
		Value string `json:"value"`
	} `json:"command"`
}

// launched is a task that a framework has launched, with the updates that it
// has not acknowledged: the next comes when the last is.
type launched struct {
	*task
	c       *Cluster
	f       *framework
	n       *node
	updates []map[string]any
	sent    bool
}

// Delays of a command task, unscaled.
const (
	containerStarts = 800 * time.Millisecond
	executorRuns    = 300 * time.Millisecond
)

// frameworkCall carries out a call of a subscribed framework.
func (c *Cluster) frameworkCall(f *framework, call schedulerCall) httpReply {
	switch call.Type {
	case "ACCEPT":
		c.accepted(f, call)
	case "DECLINE":
		c.answered(f, call.Decline)
	case "SUPPRESS":
		f.suppressed = true
	case "REVIVE":
		f.suppressed = false
		clear(f.refused)
	case "ACKNOWLEDGE":
		for _, t := range f.tasks {
			t.acknowledged(call.Acknowledge.Task.Value, call.Acknowledge.UUID)
		}
	case "TEARDOWN":
		c.remove(f)
	default:
		c.drift = append(c.drift, "scheduler call "+call.Type)
		return textReply(http.StatusNotImplemented, "")
	}
	return httpReply{status: http.StatusAccepted}
}

func (c *Cluster) accepted(f *framework, call schedulerCall) {
	agents, valid := c.answered(f, call.Accept.answerToOffers)
	for _, op := range call.Accept.Operations {
		if op.Type != "LAUNCH" {
			c.drift = append(c.drift, "offer operation "+op.Type)
			continue
		}
		for _, info := range op.Launch.Tasks {
			switch {
			case !valid:
				f.masterSays(info, "TASK_LOST", "REASON_INVALID_OFFERS", "Task launched with invalid offers: Offer "+call.Accept.Offers[0].Value+" is no longer valid")
			case !info.fits(f, agents[0]):
				f.masterSays(info, "TASK_ERROR", "REASON_TASK_INVALID", "Task uses resources that are not in the offer")
			default:
				c.launch(f, agents[0], info)
			}
		}
	}
}

// fits checks a task against the agent that was offered: what Mesos checks of
// resources is that the offer contains them, reservations and allocation too.
func (t taskInfo) fits(f *framework, n *node) bool {
	cpus, mem := n.used()
	free := map[string]float64{"cpus": agentCPUs - cpus, "mem": agentMem - mem}
	for _, r := range t.Resources {
		role := r.Role
		if role == "" {
			role = "*"
		}
		if role != n.reserved() || r.Allocation.Role != f.role || r.Scalar.Value <= 0 || r.Scalar.Value > free[r.Name] {
			return false
		}
	}
	return t.Agent.Value == n.agent.id && t.ID.Value != "" && len(t.Resources) > 0 && t.Command != nil && t.Command.Shell
}

// masterSays is an update that the master makes, and that nobody acknowledges.
func (f *framework) masterSays(t taskInfo, state, reason, message string) {
	f.send("UPDATE", map[string]any{"status": map[string]any{"task_id": value(t.ID.Value), "agent_id": value(t.Agent.Value), "state": state,
		"source": "SOURCE_MASTER", "reason": reason, "message": message}})
}

// launch has the agent start the task.
func (c *Cluster) launch(f *framework, n *node, info taskInfo) {
	t := &launched{c: c, f: f, n: n, task: &task{id: info.ID.Value, name: info.Name, agent: n.agent.id, state: taskStaging, started: c.now(), framework: f.id}}
	f.tasks = append(f.tasks, t)
	n.agent.tasks = append(n.agent.tasks, t.task)
	c.note(n, "task", info.Name)
	switch {
	case n.hit(StreamCut):
		c.breakStream(f)
	case n.ails(LaunchHangs) && n.hit(LaunchHangs):
	case n.ails(LaunchFails) && n.hit(LaunchFails):
		n.after(containerStarts, func() {
			t.becomes(taskFailed, "SOURCE_AGENT", "REASON_CONTAINER_LAUNCH_FAILED", "Failed to launch container: Failed to connect to the statsd socket: No such file or directory")
		})
	default:
		n.after(containerStarts, func() { t.becomes(taskStarting, "SOURCE_EXECUTOR", "", "") })
		n.after(containerStarts+executorRuns, func() { t.becomes(taskRunning, "SOURCE_EXECUTOR", "", "") })
		n.after(containerStarts+2*executorRuns, func() { t.ends(info.Command.Value) })
	}
}

// ends is the end of the command, whose only kind is exit.
func (t *launched) ends(command string) {
	code, known := strings.CutPrefix(command, "exit ")
	switch {
	case !known:
		t.c.drift = append(t.c.drift, "task command "+command)
	case code == "0":
		t.becomes(taskFinished, "SOURCE_EXECUTOR", "", "Command exited with status 0")
	default:
		t.becomes(taskFailed, "SOURCE_EXECUTOR", "REASON_COMMAND_EXECUTOR_FAILED", "Command exited with status "+code)
	}
}

// becomes moves the task on and queues the update.
func (t *launched) becomes(s taskState, source, reason, message string) {
	if t.over() {
		return
	}
	if t.state = s; t.over() {
		t.ended, t.reason, t.message = t.c.now(), reason, message
	}
	uuid := base64.StdEncoding.EncodeToString([]byte(t.c.uuid(fmt.Sprint("update ", t.f.id, t.id, s))[:16]))
	status := map[string]any{"task_id": value(t.id), "agent_id": value(t.agent), "state": string(s), "source": source, "uuid": uuid, "timestamp": seconds(t.c.now())}
	if reason != "" {
		status["reason"] = reason
	}
	if message != "" {
		status["message"] = message
	}
	t.updates = append(t.updates, status)
	t.pump()
}

// pump sends the oldest update that was not acknowledged, once.
func (t *launched) pump() {
	if !t.sent && len(t.updates) > 0 {
		t.sent = true
		t.f.send("UPDATE", map[string]any{"status": t.updates[0]})
	}
}

func (t *launched) acknowledged(task, uuid string) {
	if t.id == task && t.sent && t.updates[0]["uuid"] == uuid {
		t.updates, t.sent = t.updates[1:], false
		t.pump()
	}
}

func (t *launched) over() bool {
	return t.state != taskStaging && t.state != taskStarting && t.state != taskRunning
}

func (t *launched) kill() {
	if !t.over() {
		t.state, t.ended, t.message = taskKilled, t.c.now(), "Framework was removed"
	}
}
