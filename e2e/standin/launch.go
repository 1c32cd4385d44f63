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
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// accept has the offer's agent run the tasks, and tells the framework what
// becomes of them.
func (m *master) accept(f *framework, call answers.SchedulerCall) {
	agent, valid := m.frameworks.taken(f, call.Accept.Offers)
	for _, op := range call.Accept.Operations {
		for _, t := range op.Launch.Tasks {
			switch {
			case !valid:
				m.update(f, t, refused(answers.TaskLost, "REASON_INVALID_OFFERS", "Task launched with invalid offers"))
			case !t.Fits(offered(f, agent)):
				m.update(f, t, refused(answers.TaskError, "REASON_TASK_INVALID", "Task uses resources that are not in the offer"))
			default:
				go m.relay(f, t)
			}
		}
	}
}

// update sends one status of a task, which has no uuid when the master makes it.
func (m *master) update(f *framework, t answers.TaskInfo, s answers.Status) {
	s.Task, s.Agent = t.ID, t.Agent
	select {
	case f.events <- answers.Update(s):
	case <-f.done:
	}
}

// refused is a task that the master never gave to its agent.
func refused(state, reason, message string) answers.Status {
	return answers.Status{State: state, Source: "SOURCE_MASTER", Reason: reason, Message: message}
}

// relay gives the task to its agent, and every status of it to the framework,
// the next when the last was acknowledged.
func (m *master) relay(f *framework, t answers.TaskInfo) {
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
		m.update(f, t, refused(answers.TaskLost, "REASON_AGENT_DISCONNECTED", err.Error()))
		return
	}
	defer resp.Body.Close()
	lines := json.NewDecoder(resp.Body)
	for n := 1; ; n++ {
		var s answers.Status
		if lines.Decode(&s) != nil {
			return // said all
		}
		s.UUID = base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s %d", t.ID.Value, n))
		heard := m.frameworks.expect(f, s.UUID)
		m.update(f, t, s)
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
	say := func(s answers.Status) {
		_ = json.NewEncoder(w).Encode(s) // the master has gone when this fails
		_ = flush.Flush()
	}
	failed := func(source, reason, message string) answers.Status {
		return answers.Status{State: answers.TaskFailed, Source: source, Reason: reason, Message: message}
	}
	if _, broken := switched("cannot-launch"); broken {
		say(failed("SOURCE_AGENT", "REASON_CONTAINER_LAUNCH_FAILED", "Failed to launch container: the lab has switched it off"))
		return
	}
	c := exec.CommandContext(r.Context(), "/bin/sh", "-c", command.String())
	if err := c.Start(); err != nil {
		say(failed("SOURCE_AGENT", "REASON_CONTAINER_LAUNCH_FAILED", err.Error()))
		return
	}
	say(answers.Status{State: answers.TaskStarting, Source: "SOURCE_EXECUTOR"})
	say(answers.Status{State: answers.TaskRunning, Source: "SOURCE_EXECUTOR"})
	end := answers.Status{State: answers.TaskFinished, Source: "SOURCE_EXECUTOR", Message: "Command exited with status 0"}
	if err := c.Wait(); err != nil {
		end = failed("SOURCE_EXECUTOR", "REASON_COMMAND_EXECUTOR_FAILED", err.Error())
	}
	event("mesos-agent ran a task: %s", end.State)
	say(end)
}
