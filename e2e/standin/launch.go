package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// taskInfo is what is read of a task to launch.
type taskInfo struct {
	ID      v1ID `json:"task_id"`
	Agent   v1ID `json:"agent_id"`
	Command struct {
		Value string `json:"value"`
	} `json:"command"`
}

// taskStatus is what an agent says of a task that it was given, one a line.
type taskStatus struct {
	State   string `json:"state"`
	Source  string `json:"source"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
}

// accept has the offer's agent run the tasks, and tells the framework what
// becomes of them.
func (m *master) accept(f *framework, call schedulerCall) {
	agent, valid := m.frameworks.taken(f, call.Accept.Offers)
	for _, op := range call.Accept.Operations {
		for _, t := range op.Launch.Tasks {
			if !valid || t.Agent.Value != agent {
				m.update(f, t, taskStatus{State: "TASK_LOST", Source: "SOURCE_MASTER", Reason: "REASON_INVALID_OFFERS", Message: "Task launched with invalid offers"}, "")
				continue
			}
			go m.relay(f, t)
		}
	}
}

// update sends one status, which has no uuid when the master makes it.
func (m *master) update(f *framework, t taskInfo, s taskStatus, uuid string) {
	status := object{"task_id": value(t.ID.Value), "agent_id": value(t.Agent.Value), "state": s.State, "source": s.Source}
	for key, text := range map[string]string{"reason": s.Reason, "message": s.Message, "uuid": uuid} {
		if text != "" {
			status[key] = text
		}
	}
	select {
	case f.events <- object{"type": "UPDATE", "update": object{"status": status}}:
	case <-f.done:
	}
}

// relay gives the task to its agent, and every status of it to the framework,
// the next when the last was acknowledged.
func (m *master) relay(f *framework, t taskInfo) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // a task ends with its framework
		select {
		case <-f.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	m.mu.Lock()
	ip := ""
	if a := m.agents[t.Agent.Value]; a != nil {
		ip = a.IP
	}
	m.mu.Unlock()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("http://%s:%d/standin/launch", ip, dcos.MesosAgentPort), bytes.NewReader([]byte(t.Command.Value)))
	var resp *http.Response
	if err == nil {
		resp, err = http.DefaultClient.Do(req)
	}
	if err != nil {
		m.update(f, t, taskStatus{State: "TASK_LOST", Source: "SOURCE_MASTER", Reason: "REASON_AGENT_DISCONNECTED", Message: err.Error()}, "")
		return
	}
	defer resp.Body.Close()
	lines := json.NewDecoder(resp.Body)
	for n := 1; ; n++ {
		var s taskStatus
		if lines.Decode(&s) != nil {
			return // said all
		}
		uuid := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s %d", t.ID.Value, n))
		heard := m.frameworks.expect(f, uuid)
		m.update(f, t, s, uuid)
		select {
		case <-heard:
		case <-f.done:
			return
		}
	}
}

// launch is the agent's part: it really runs the command, and says what comes of
// it. With the switch cannot-launch it cannot.
func (a *agent) launch(w http.ResponseWriter, r *http.Request) {
	var command bytes.Buffer
	if _, err := command.ReadFrom(r.Body); err != nil {
		return // the master has gone
	}
	flush := http.NewResponseController(w)
	say := func(s taskStatus) {
		_ = json.NewEncoder(w).Encode(s) // the master has gone when this fails
		_ = flush.Flush()
	}
	if _, broken := switched("cannot-launch"); broken {
		say(taskStatus{"TASK_FAILED", "SOURCE_AGENT", "REASON_CONTAINER_LAUNCH_FAILED", "Failed to launch container: the lab has switched it off"})
		return
	}
	c := exec.CommandContext(r.Context(), "/bin/sh", "-c", command.String())
	if err := c.Start(); err != nil {
		say(taskStatus{"TASK_FAILED", "SOURCE_AGENT", "REASON_CONTAINER_LAUNCH_FAILED", err.Error()})
		return
	}
	say(taskStatus{State: "TASK_STARTING", Source: "SOURCE_EXECUTOR"})
	say(taskStatus{State: "TASK_RUNNING", Source: "SOURCE_EXECUTOR"})
	end := taskStatus{State: "TASK_FINISHED", Source: "SOURCE_EXECUTOR", Message: "Command exited with status 0"}
	if err := c.Wait(); err != nil {
		end = taskStatus{"TASK_FAILED", "SOURCE_EXECUTOR", "REASON_COMMAND_EXECUTOR_FAILED", err.Error()}
	}
	event("mesos-agent ran a task: %s", end.State)
	say(end)
}
