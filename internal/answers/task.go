package answers

import "time"

// States of tasks.
const (
	TaskStaging     = "TASK_STAGING"
	TaskStarting    = "TASK_STARTING"
	TaskRunning     = "TASK_RUNNING"
	TaskUnreachable = "TASK_UNREACHABLE"
	TaskFailed      = "TASK_FAILED"
	TaskFinished    = "TASK_FINISHED"
	TaskKilled      = "TASK_KILLED"
	TaskLost        = "TASK_LOST"
	TaskError       = "TASK_ERROR"
)

// Task is a task at a master or an agent.
type Task struct {
	ID, Name, Framework, Agent string
	State                      string
	Started, Ended             time.Time
	Reason, Message            string // of its end

	Unacknowledged bool `json:"-"` // it has ended, and its framework has not said that it heard so

	IgnoresTerm bool          `json:"-"` // it ends by SIGKILL only
	Grace       time.Duration `json:"-"` // until then, as its kill policy says; 0: it does not
}

// Status is a status of a task, as in updates.
type Status struct {
	Task      Value   `json:"task_id"`
	Agent     Value   `json:"agent_id"`
	State     string  `json:"state"`
	Source    string  `json:"source"`
	Reason    string  `json:"reason,omitempty"`
	Message   string  `json:"message,omitempty"`
	UUID      string  `json:"uuid,omitempty"` // none: it need not be acknowledged
	Timestamp float64 `json:"timestamp,omitempty"`
}

// At stamps a status, unless the time is zero.
func (s Status) At(t time.Time) Status {
	if !t.IsZero() {
		s.Timestamp = seconds(t)
	}
	return s
}

// Live reports whether the task has not ended, as far as its agent can say.
func (t *Task) Live() bool {
	return t.State == TaskRunning || t.State == TaskStarting || t.State == TaskStaging
}

// Runs reports whether the task runs, whatever the master makes of its agent.
func (t *Task) Runs() bool { return t.State == TaskRunning || t.State == TaskUnreachable }

func (t *Task) json(state string) Object {
	s := Status{Task: Value{t.ID}, Agent: Value{t.Agent}, State: state, Source: "SOURCE_EXECUTOR"}.At(t.Started)
	if !t.Ended.IsZero() {
		s = s.At(t.Ended)
		if s.Message = t.Message; t.Reason != "" {
			s.Reason, s.Source = t.Reason, "SOURCE_AGENT"
		}
	}
	return Object{"name": t.Name, "task_id": Value{t.ID}, "framework_id": Value{t.Framework}, "agent_id": Value{t.Agent}, "state": state, "statuses": []Status{s}}
}

// tasks is get_tasks of a leader.
func (m Master) tasks() Object {
	live, unreachable, completed := []Object{}, []Object{}, []Object{}
	for _, a := range m.Agents() {
		for _, t := range a.Tasks {
			switch {
			case t.State == TaskUnreachable:
				unreachable = append(unreachable, t.json(t.State))
			case !t.Live() && !t.Unacknowledged:
				completed = append(completed, t.json(t.State))
			case a.Phase == Registered: // where it stays until acknowledged
				live = append(live, t.json(t.State))
			}
		}
	}
	return Object{"tasks": live, "unreachable_tasks": unreachable, "completed_tasks": completed}
}
