package dcos

import "errors"

// AgentTask is one task.
type AgentTask struct {
	ID, Name, FrameworkID, AgentID string
	ExecutorID                     string // empty for a command task
	State                          string // TASK_RUNNING
	Reason, Message                string // of the latest status, where it has them
}

// Tasks is the answer to GET_TASKS, of a master or of an agent, by phase.
type Tasks struct {
	Pending     []AgentTask // accepted, not yet sent on
	Queued      []AgentTask // agent only: waits for its executor
	Launched    []AgentTask // agent: launched_tasks; master: tasks (a terminal state can be among them, not yet acknowledged)
	Terminated  []AgentTask // agent only: ended, status not yet acknowledged
	Unreachable []AgentTask // master only
	Completed   []AgentTask
	Orphan      []AgentTask // master only: of frameworks that have not come back; gone since Mesos 1.2
}

// ParseGetTasks reads a master's or an agent's answer to the v1 call GET_TASKS.
func ParseGetTasks(b []byte) (Tasks, error) { return Tasks{}, errors.New("not written yet") }
