package dcos

import (
	"fmt"
	"time"
)

// AgentTask is one task.
type AgentTask struct {
	ID, Name, FrameworkID, AgentID string
	ExecutorID                     string    // empty for a command task
	State                          string    // "TASK_RUNNING"; may lag behind the phase: a completed task can still say it
	Reason, Message                string    // of the latest status, where it has them
	Ran                            time.Time // when it was first seen to run, by its agent's clock; zero: not said
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
		State     string  `json:"state"`
		Timestamp float64 `json:"timestamp"` // seconds
		Reason    string  `json:"reason"`
		Message   string  `json:"message"`
	} `json:"statuses"`
}

// ParseGetTasks reads a master's or an agent's answer to the v1 call GET_TASKS.
func ParseGetTasks(b []byte) (Tasks, error) {
	var t Tasks
	into := func(name string, phase *[]AgentTask) list[rawTask] {
		return list[rawTask]{take: func(i int, r rawTask) error {
			task, err := r.task(fmt.Sprintf("%s[%d]", name, i))
			*phase = append(*phase, task)
			return err
		}}
	}
	raw := struct {
		Pending     list[rawTask] `json:"pending_tasks"`
		Queued      list[rawTask] `json:"queued_tasks"`
		Launched    list[rawTask] `json:"launched_tasks"`
		Tasks       list[rawTask] `json:"tasks"`
		Terminated  list[rawTask] `json:"terminated_tasks"`
		Unreachable list[rawTask] `json:"unreachable_tasks"`
		Completed   list[rawTask] `json:"completed_tasks"`
		Orphan      list[rawTask] `json:"orphan_tasks"`
	}{
		into("pending_tasks", &t.Pending), into("queued_tasks", &t.Queued), into("launched_tasks", &t.Launched), into("tasks", &t.Launched),
		into("terminated_tasks", &t.Terminated), into("unreachable_tasks", &t.Unreachable), into("completed_tasks", &t.Completed), into("orphan_tasks", &t.Orphan),
	}
	if err := decodeCall("GET_TASKS", "get_tasks", b, &raw); err != nil {
		return Tasks{}, err
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
	for _, s := range r.Statuses {
		if s.State == "TASK_RUNNING" && s.Timestamp > 0 {
			t.Ran = time.UnixMilli(int64(s.Timestamp * 1000)).UTC()
			break
		}
	}
	return t, nil
}
