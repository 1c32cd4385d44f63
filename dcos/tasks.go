package dcos

import "fmt"

// AgentTask is one task.
type AgentTask struct {
	ID, Name, FrameworkID, AgentID string
	ExecutorID                     string // empty for a command task
	State                          string // "TASK_RUNNING"; may lag behind the phase: a completed task can still say it
	Reason, Message                string // of the latest status, where it has them
}

// Tasks is the answer to GET_TASKS, of a master or of an agent, by phase.
type Tasks struct {
	Pending     []AgentTask // accepted, not yet sent on
	Queued      []AgentTask // agent only: waits for its executor
	Launched    []AgentTask // agent: launched_tasks; master: tasks, where ended ones stay until acknowledged
	Terminated  []AgentTask // agent only: ended, status not yet acknowledged
	Unreachable []AgentTask // master only
	Completed   []AgentTask
	Orphan      []AgentTask // master only, long ago: of frameworks that have not come back
}

type rawTask struct {
	ID        v1Value  `json:"task_id"`
	Name      string   `json:"name"`
	Framework v1Value  `json:"framework_id"`
	Agent     v1Value  `json:"agent_id"`
	Executor  *v1Value `json:"executor_id"`
	State     string   `json:"state"`
	Statuses  []struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	} `json:"statuses"`
}

// ParseGetTasks reads a master's or an agent's answer to the v1 call GET_TASKS.
func ParseGetTasks(b []byte) (Tasks, error) {
	const what = "GET_TASKS"
	var raw struct {
		Pending     []rawTask `json:"pending_tasks"`
		Queued      []rawTask `json:"queued_tasks"`
		Launched    []rawTask `json:"launched_tasks"`
		Tasks       []rawTask `json:"tasks"`
		Terminated  []rawTask `json:"terminated_tasks"`
		Unreachable []rawTask `json:"unreachable_tasks"`
		Completed   []rawTask `json:"completed_tasks"`
		Orphan      []rawTask `json:"orphan_tasks"`
	}
	if err := decodeCall(what, "get_tasks", b, &raw); err != nil {
		return Tasks{}, err
	}
	var t Tasks
	for _, phase := range []struct {
		name string
		from []rawTask
		to   *[]AgentTask
	}{
		{"pending_tasks", raw.Pending, &t.Pending},
		{"queued_tasks", raw.Queued, &t.Queued},
		{"launched_tasks", raw.Launched, &t.Launched},
		{"tasks", raw.Tasks, &t.Launched},
		{"terminated_tasks", raw.Terminated, &t.Terminated},
		{"unreachable_tasks", raw.Unreachable, &t.Unreachable},
		{"completed_tasks", raw.Completed, &t.Completed},
		{"orphan_tasks", raw.Orphan, &t.Orphan},
	} {
		for i, r := range phase.from {
			task, err := r.task(fmt.Sprintf("%s: %s[%d]", what, phase.name, i))
			if err != nil {
				return Tasks{}, err
			}
			*phase.to = append(*phase.to, task)
		}
	}
	return t, nil
}

func (r rawTask) task(what string) (AgentTask, error) {
	switch {
	case r.ID.Value == "":
		return AgentTask{}, missing(what, "task_id")
	case r.Framework.Value == "":
		return AgentTask{}, missing(what, "framework_id")
	case r.Agent.Value == "":
		return AgentTask{}, missing(what, "agent_id")
	case r.State == "":
		return AgentTask{}, missing(what, "state")
	}
	t := AgentTask{ID: r.ID.Value, Name: r.Name, FrameworkID: r.Framework.Value, AgentID: r.Agent.Value, State: r.State}
	if r.Executor != nil {
		t.ExecutorID = r.Executor.Value
	}
	if n := len(r.Statuses); n > 0 {
		t.Reason, t.Message = r.Statuses[n-1].Reason, r.Statuses[n-1].Message
	}
	return t, nil
}
