package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// judgeTasks asks only about the tasks that ran on this agent at the baseline:
// each must run again, or have ended for a reason that is not ours. Tasks that
// have come since do not count here.
func judgeTasks(l leadership, all dcos.Tasks, a expectation) Answer {
	q := question{"tasks", a.node.Name, "the tasks of before run again, or ended by themselves"}
	if a.base == nil {
		return Answer{Finding: q.unknown("this lane has no baseline to compare with"), Evidence: l.asked}
	}
	if s, why := l.broken(minority(len(l.readings))); why != "" {
		return Answer{Finding: q.say(s, "%s", why), Evidence: l.asked}
	}
	if g, listed := agentAt(l.agents, a.node.IP); !listed || !g.Active && !g.Deactivated { // see gateContext.present
		return Answer{Finding: q.failed("the agent is not active at the leader: what it lists of the tasks is from before"), Evidence: l.asked}
	}
	q.want = fmt.Sprintf("%d tasks of before run again, or ended by themselves", len(a.base.Tasks))
	r := newReplacements(all, a.base)
	t := taskTally{accepted: a.accepted.Tasks, by: r}
	for _, id := range a.base.Tasks {
		task, there := r.seen[id]
		t.add(id, task, there)
	}
	f := q.say(t.status(), "%s", t.words(len(a.base.Tasks)))
	f.Final, f.Lost, f.Loss = t.gone, len(t.lost) > 0, dcos.Loss{Tasks: dcos.NewIDs(t.missed...)}
	if f.Status == dcos.Unknown {
		f.Hint = "the leader's history of tasks ends with a failover: look the missing ones up in their framework"
	}
	return Answer{Finding: f, Evidence: l.asked}
}

// statesByID finds each task's present entry. Running is believed last: an
// agent that came back may be listed beside an older entry of the same task.
func statesByID(all dcos.Tasks) map[string]dcos.AgentTask {
	seen := make(map[string]dcos.AgentTask)
	for _, phase := range [][]dcos.AgentTask{all.Completed, all.Orphan, all.Unreachable, all.Pending, all.Launched} {
		for _, t := range phase {
			seen[t.ID] = t
		}
	}
	return seen
}

// taskTally counts the tasks of the baseline by what became of them.
type taskTally struct {
	running, ended, own   int // own: failed by their own doing
	starting, lost, vague []string
	gone                  bool // one of the lost has ended: its id never runs again

	missed   []string     // ids of the lost, and of those that are not listed any more
	accepted dcos.IDs     // what a person has accepted as lost
	granted  []string     // of that, what does not run
	by       replacements //
}

func (t *taskTally) add(id string, task dcos.AgentTask, there bool) {
	switch {
	case t.accepted.Has(id) && (!there || task.State != "TASK_RUNNING"):
		t.granted = append(t.granted, id+t.by.of(id))
		return
	case !there:
		t.vague, t.missed = append(t.vague, id+" is not listed any more"), append(t.missed, id)
		return
	}
	switch task.State {
	case "TASK_RUNNING":
		t.running++
	case "TASK_STAGING", "TASK_STARTING":
		t.starting = append(t.starting, id)
	case "TASK_FINISHED":
		t.ended++
	case "TASK_KILLING", "TASK_KILLED", "TASK_FAILED", "TASK_ERROR":
		switch {
		case byAgent(task.Reason):
			t.lost, t.missed = append(t.lost, fmt.Sprintf("%s %s (%s)%s", id, task.State, task.Reason, t.by.of(id))), append(t.missed, id)
			t.gone = t.gone || task.State != "TASK_KILLING"
		case task.State == "TASK_FAILED", task.State == "TASK_ERROR":
			t.own++
		default:
			t.ended++
		}
	case "TASK_LOST", "TASK_GONE", "TASK_GONE_BY_OPERATOR", "TASK_UNREACHABLE", "TASK_DROPPED":
		t.lost, t.missed = append(t.lost, strings.TrimSpace(id+" "+task.State+" "+task.Reason)+t.by.of(id)), append(t.missed, id)
		t.gone = t.gone || task.State != "TASK_UNREACHABLE" && task.State != "TASK_LOST" // which may be seen again, once the agent is back
	default:
		t.vague = append(t.vague, fmt.Sprintf("%s in state %s", id, orUnknown(task.State)))
	}
}

// byAgent reports whether a task ended because of its agent or executor, not
// of itself or its framework. A reason that Mesos does not know yet is taken
// for one of these when it speaks of an agent.
func byAgent(reason string) bool {
	ours := []string{"AGENT", "SLAVE", "EXECUTOR_REREGISTRATION", "EXECUTOR_TERMINATED", "EXECUTOR_UNREGISTERED", "RECONCILIATION", "MASTER_DISCONNECTED", "GC_ERROR"}
	return slices.ContainsFunc(ours, func(s string) bool { return strings.Contains(reason, s) })
}

func (t *taskTally) status() dcos.Status {
	switch {
	case len(t.lost) > 0, len(t.starting) > 0:
		return dcos.Failed
	case len(t.vague) > 0:
		return dcos.Unknown
	case t.own > 0, len(t.granted) > 0:
		return dcos.Warned
	}
	return dcos.Passed
}

func (t *taskTally) words(all int) string {
	s := fmt.Sprintf("%d/%d run, %d ended", t.running, all, t.ended)
	if t.own > 0 {
		s += fmt.Sprintf(", %d failed by themselves", t.own)
	}
	if len(t.granted) > 0 {
		s += ", accepted as lost: " + some(t.granted)
	}
	if len(t.lost) > 0 {
		s += ", lost: " + some(t.lost)
	}
	if len(t.starting) > 0 {
		s += ", not running yet: " + some(t.starting)
	}
	if len(t.vague) > 0 {
		s += ", unknown: " + some(t.vague)
	}
	return s
}
