package simcluster

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// agentState is one Mesos agent process, and what the masters know of it.
type agentState struct {
	up      bool
	since   time.Time
	stopped time.Time
	version string // of the running process
	id      string
	former  string // the id before it lost its identity
	settled bool   // its own recovery is over
	record  record
	tasks   []*answers.Task

	draining answers.Drain // as the agent itself has it
	gone     bool          // its identity was marked gone
}

// record is the leading master's entry of an agent.
type record struct {
	known        bool // admitted: in the registry and not unreachable
	active       bool // connected to this leader
	recovering   bool // in the registry, not back since the failover
	gone         bool // unreachable
	version      string
	registered   time.Time
	reregistered time.Time
	lost         int // counts disconnections

	inactive bool          // an operator has deactivated or drained it
	drain    answers.Drain // zero: none
	former   bool          // it was removed under this id, and has not registered since
}

const executorReregistration = 2600 * time.Millisecond // an agent with executors waits that long at its start

// unreachable is the leader giving the agent up.
func (a *agentState) unreachable() {
	a.record.known, a.record.active, a.record.recovering, a.record.gone = false, false, false, true
	for _, t := range a.tasks {
		if t.State == answers.TaskRunning {
			t.State = answers.TaskUnreachable
		}
	}
}

// tryAgent is systemd starting the agent; it waits for telegraf's socket.
func (n *node) tryAgent() {
	u := n.unit(n.role.MesosUnit())
	if s := n.unit(unitTelegraf); s != nil && s.active != "active" {
		u.waits()
		n.after(5*time.Second, n.tryAgent)
		return
	}
	n.startUnit(u)
	a := &n.agent
	a.up, a.settled, a.since, a.version = true, false, n.c.now(), n.mesosVersion()
	if a.version == n.c.opt.MesosTo && a.former == "" && n.affectedBy(fault.AgentNewID) {
		n.newIdentity()
	}
	if n.affectedBy(fault.AgentLoops) {
		n.after(3*time.Second, n.crashAgent)
	}
	n.after(executorReregistration, func() {
		a.settled = true
		n.register()
	})
}

// crashAgent is the end of an agent that systemd starts again.
func (n *node) crashAgent() {
	if !n.agent.up || !n.affectedBy(fault.AgentLoops) {
		return
	}
	n.stopAgent()
	n.unit(n.role.MesosUnit()).waits()
	n.after(5*time.Second, n.tryAgent)
}

// lateness is how long the agent's start has to wait, with a fault for it.
func (n *node) lateness() time.Duration {
	limit := pingTimeout * pingCount
	switch {
	case n.affectedBy(fault.AgentBackLate):
		limit = limit * 8 / 10
	case n.affectedBy(fault.AgentBackTooLate):
		limit = limit * 12 / 10
	default:
		return 0
	}
	away := time.Duration(float64(n.c.now().Sub(n.agent.stopped)) / n.c.opt.TimeScale)
	return max(limit-away, 0)
}

// newIdentity is an agent that could not recover, and starts afresh.
func (n *node) newIdentity() {
	a := &n.agent
	n.c.mesos.ghosts++
	a.former = a.id
	a.id = n.c.newAgentID()
	a.record = record{lost: a.record.lost}
	n.loseTasks("agent came back as another")
}

// register tries to (re)register with a leader that works.
func (n *node) register() {
	a, m := &n.agent, &n.c.mesos
	if !a.up || !a.settled || m.leader == nil || !m.recovered || n.affectedBy(fault.AgentNeverRegisters) || n.fault(fault.MachineDown) {
		return // tried again when a leader has recovered
	}
	if n.refused() {
		n.after(agentShutDown, n.shutDown)
		return
	}
	if !a.record.active {
		if n.affectedBy(fault.TasksDoNotReturn) {
			n.loseTasks("executor did not reregister")
		}
		if n.affectedBy(fault.BatchJobFinishes) {
			n.finishTask()
		}
	}
	r := &a.record
	if !r.registered.IsZero() || r.former {
		r.reregistered = n.c.now()
	}
	if r.registered.IsZero() {
		r.registered, r.former = n.c.now(), false
	}
	r.known, r.active, r.recovering, r.gone, r.version = true, true, false, false, a.version
	for _, t := range a.tasks {
		if t.State == answers.TaskUnreachable {
			t.State = answers.TaskRunning
		}
	}
	n.c.note(n, "registered", a.id)
	n.hearOfDrain()
}

// stopAgent is the end of the process: the leader sees the broken connection
// at once, and gives the agent up when its pings have failed.
func (n *node) stopAgent() {
	a := &n.agent
	if !a.up {
		return
	}
	a.up, a.settled, a.stopped = false, false, n.c.now()
	a.record.active = false
	a.record.lost++
	lost := a.record.lost
	late := n.c.spread(fmt.Sprint("ping ", n.name, lost), 0, pingTimeout)
	n.c.after(pingTimeout*pingCount+late, func() {
		r := a.record
		if r.lost == lost && r.known && !r.active && !r.recovering {
			a.unreachable()
			n.c.note(n, "unreachable", "pings failed")
		}
	})
}

// detects reports whether the agent knows a leading master: that is all that
// slave/registered says.
func (n *node) detects() bool { return n.agent.up && n.c.mesos.detected != nil }

func (n *node) seedTasks() {
	for i := range n.c.opt.Tasks {
		name := fmt.Sprintf("app-%d", i+1)
		n.agent.tasks = append(n.agent.tasks, &answers.Task{
			ID: fmt.Sprintf("%s.instance-%s", name, n.c.uuid(fmt.Sprint("task ", n.name, i))), Name: name, Agent: n.agent.id,
			State: answers.TaskRunning, Started: n.agent.since, Framework: n.c.mesos.cluster + "-0000",
		})
	}
}

func (n *node) loseTasks(why string) {
	for _, t := range n.agent.tasks {
		if t.Runs() {
			t.State, t.Ended, t.Reason, t.Message = answers.TaskFailed, n.c.now(), "REASON_EXECUTOR_REREGISTRATION_TIMEOUT", why
		}
	}
}

func (n *node) finishTask() {
	for _, t := range n.agent.tasks {
		if t.State == answers.TaskRunning {
			t.State, t.Ended, t.Message = answers.TaskFinished, n.c.now(), "Command exited with status 0"
			return
		}
	}
}
