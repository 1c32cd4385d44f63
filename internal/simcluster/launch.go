package simcluster

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// launched is a task that a framework has launched, with the updates that it
// has not acknowledged: the next comes when the last is.
type launched struct {
	*answers.Task
	c       *Cluster
	f       *framework
	n       *node
	updates []answers.Status
	sent    bool
}

// Delays of a command task, unscaled.
const (
	containerStarts = 800 * time.Millisecond
	executorRuns    = 300 * time.Millisecond
)

// frameworkCall carries out a call of a subscribed framework.
func (c *Cluster) frameworkCall(f *framework, call answers.SchedulerCall) {
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
	}
}

func (c *Cluster) accepted(f *framework, call answers.SchedulerCall) {
	agents, valid := c.answered(f, call.Accept.OfferAnswer)
	for _, op := range call.Accept.Operations {
		if op.Type != "LAUNCH" {
			c.drift = append(c.drift, "offer operation "+op.Type)
			continue
		}
		for _, info := range op.Launch.Tasks {
			switch {
			case !valid:
				f.masterSays(info, answers.TaskLost, "REASON_INVALID_OFFERS", "Task launched with invalid offers: Offer "+call.Accept.Offers[0].Value+" is no longer valid")
			case !info.Fits(agents[0].free(f, "")):
				f.masterSays(info, answers.TaskError, "REASON_TASK_INVALID", "Task uses resources that are not in the offer")
			case agents[0].agent.draining.State != "":
				f.masterSays(info, answers.TaskLost, "REASON_AGENT_DRAINING", "Task was received while agent was already draining")
			default:
				c.launch(f, agents[0], info)
			}
		}
	}
}

// masterSays is an update that the master makes, and that nobody acknowledges.
func (f *framework) masterSays(t answers.TaskInfo, state, reason, message string) {
	f.queue = append(f.queue, answers.Update(answers.Status{Task: t.ID, Agent: t.Agent, State: state, Source: "SOURCE_MASTER", Reason: reason, Message: message}))
}

// launch has the agent start the task.
func (c *Cluster) launch(f *framework, n *node, info answers.TaskInfo) {
	t := &launched{c: c, f: f, n: n, Task: &answers.Task{ID: info.ID.Value, Name: info.Name, Agent: n.agent.id, State: answers.TaskStaging, Started: c.now(), Framework: f.id}}
	f.tasks = append(f.tasks, t)
	n.agent.tasks = append(n.agent.tasks, t.Task)
	c.note(n, "task", info.Name)
	switch {
	case n.hit(fault.StreamCut):
		c.breakStream(f)
	case n.affectedBy(fault.LaunchHangs) && n.hit(fault.LaunchHangs):
	case n.affectedBy(fault.LaunchFails) && n.hit(fault.LaunchFails):
		n.after(containerStarts, func() {
			t.becomes(answers.TaskFailed, "SOURCE_AGENT", "REASON_CONTAINER_LAUNCH_FAILED", "Failed to launch container: Failed to connect to the statsd socket: No such file or directory")
		})
	default:
		n.after(containerStarts, func() { t.becomes(answers.TaskStarting, "SOURCE_EXECUTOR", "", "") })
		n.after(containerStarts+executorRuns, func() { t.becomes(answers.TaskRunning, "SOURCE_EXECUTOR", "", "") })
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
		t.becomes(answers.TaskFinished, "SOURCE_EXECUTOR", "", "Command exited with status 0")
	default:
		t.becomes(answers.TaskFailed, "SOURCE_EXECUTOR", "REASON_COMMAND_EXECUTOR_FAILED", "Command exited with status "+code)
	}
}

// becomes moves the task on and queues the update.
func (t *launched) becomes(state, source, reason, message string) {
	if !t.Live() {
		return
	}
	if t.State = state; !t.Live() {
		t.Ended, t.Reason, t.Message, t.Unacknowledged = t.c.now(), reason, message, source != "SOURCE_MASTER"
	}
	uuid := base64.StdEncoding.EncodeToString([]byte(t.c.uuid(fmt.Sprint("update ", t.f.id, t.ID, state))[:16]))
	t.updates = append(t.updates, answers.Status{Task: answers.Value{Value: t.ID}, Agent: answers.Value{Value: t.Agent}, State: state, Source: source,
		Reason: reason, Message: message, UUID: uuid}.At(t.c.now()))
	t.pump()
}

// pump sends the oldest update that was not acknowledged, once.
func (t *launched) pump() {
	if !t.sent && len(t.updates) > 0 {
		t.sent = true
		t.f.queue = append(t.f.queue, answers.Update(t.updates[0]))
	}
}

func (t *launched) acknowledged(task, uuid string) {
	if t.ID == task && t.sent && t.updates[0].UUID == uuid {
		t.updates, t.sent = t.updates[1:], false
		t.Unacknowledged = t.Unacknowledged && len(t.updates) > 0
		t.pump()
		t.n.settleDrain()
	}
}

func (t *launched) kill() {
	if t.Live() {
		t.State, t.Ended, t.Message = answers.TaskKilled, t.c.now(), "Framework was removed"
	}
	t.Unacknowledged = false // nobody is left who could
	t.n.settleDrain()
}
