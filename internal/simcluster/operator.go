package simcluster

import (
	"fmt"
	"net/http"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// Delays of what operators order, unscaled.
const (
	agentRemoved  = 10 * time.Millisecond // from the leader's list, after its answer
	agentShutDown = 1200 * time.Millisecond
	agentRestart  = 5 * time.Second // RestartSec of dcos-mesos-slave
)

// storable reports whether the leader can write its registry.
func (c *Cluster) storable() bool {
	return c.mesos.leader != nil && c.mesos.recovered && c.mastersUp() > c.opt.Masters/2
}

// store waits until an order is written to the registry, and carries it out. Without a
// quorum the leader aborts instead, and says nothing.
func (c *Cluster) store(r *http.Request, to endpoint, a answers.Reply) (done bool) {
	tick := max(c.scaled(time.Second)/4, 5*time.Millisecond)
	first := true
	try := func() (done, gone bool) {
		defer c.enter()()
		if gone = !to.alive() || c.mesos.leader != to.n; gone {
			return false, true
		}
		if done = c.storable(); done {
			c.carry(*a.Order)
		} else if first {
			first = false
			c.storeLimit()
		}
		return done, false
	}
	for {
		if done, gone := try(); done || gone {
			return done
		}
		if !c.pause(r.Context(), tick) {
			return false
		}
	}
}

// storeLimit has the leader abort unless its registry can be written in time.
func (c *Cluster) storeLimit() {
	term, lead := c.mesos.term, c.mesos.leader
	c.after(fetchTimeout, func() {
		if c.mesos.term == term && c.mesos.leader == lead && !c.storable() {
			c.abortLeader("Failed to update registry")
		}
	})
	c.wake(fetchTimeout)
}

// carry changes what the masters agree on as an operator wants it.
func (c *Cluster) carry(o answers.Order) {
	m := &c.mesos
	c.note(m.leader, "operator", o.Call+" "+o.Agent)
	switch o.Call {
	case "UPDATE_MAINTENANCE_SCHEDULE":
		m.maintenance = m.maintenance.Updated(o.Windows)
	case "START_MAINTENANCE":
		m.maintenance = m.maintenance.TakenDown(o.Machines)
		for _, n := range c.agents() {
			if m.maintenance.IsDown(n.machine()) && n.agent.record.listed() {
				n.removed("Agent " + n.ip + " removed: Operator initiated 'Machine DOWN'")
			}
		}
	case "STOP_MAINTENANCE":
		m.maintenance = m.maintenance.BroughtUp(o.Machines)
	case "MARK_AGENT_GONE":
		if n := c.agentNamed(o.Agent); n != nil {
			n.markGone()
		}
	default:
		if n := c.agentNamed(o.Agent); n != nil {
			n.ordered(o)
		}
	}
}

// ordered changes the entry of one agent.
func (n *node) ordered(o answers.Order) {
	r := &n.agent.record
	switch o.Call {
	case "DRAIN_AGENT":
		r.drain, r.inactive = o.Drain, true
		r.drain.Since = n.c.now()
		n.c.rescind(n)
		n.hearOfDrain()
	case "DEACTIVATE_AGENT":
		r.inactive = true
		n.c.rescind(n)
	case "REACTIVATE_AGENT":
		r.inactive, r.drain = false, answers.Drain{}
	}
}

// machine is how the agent announces its machine.
func (n *node) machine() answers.MachineID { return answers.MachineID{Hostname: n.ip, IP: n.ip} }

// listed reports whether the masters have the agent in any way but as gone.
func (r record) listed() bool { return r.known || r.gone || r.recovering }

func (c *Cluster) agentNamed(id string) *node {
	for _, n := range c.agents() {
		if n.agent.id == id && n.agent.record.listed() {
			return n
		}
	}
	return nil
}

// rescind takes an agent's offers back.
func (c *Cluster) rescind(n *node) {
	for _, f := range c.mesos.frameworks {
		for id, of := range f.offers {
			if of == n {
				delete(f.offers, id)
			}
		}
	}
}

// removed takes an agent out of the leader's list: its tasks are lost, whatever was
// ordered about it is forgotten, and it is told to shut down.
func (n *node) removed(why string) {
	n.c.rescind(n)
	n.c.after(agentRemoved, func() {
		a := &n.agent
		n.endTasks(answers.TaskLost, "SOURCE_MASTER", "REASON_AGENT_REMOVED", why)
		a.record, a.draining = record{lost: a.record.lost + 1, former: true}, answers.Drain{}
		n.c.note(n, "removed", why)
		n.after(agentShutDown, n.shutDown)
	})
}

// refused reports whether no leader lets the agent register.
func (n *node) refused() bool { return n.agent.gone || n.c.mesos.maintenance.IsDown(n.machine()) }

// shutDown is the agent's end because no leader wants it. systemd starts it again and again.
func (n *node) shutDown() {
	switch {
	case !n.agent.up:
		return
	case !n.refused():
		n.register()
		return
	}
	n.stopAgent()
	u := n.unit(n.role.MesosUnit())
	u.waits()
	u.result = "success" // its exit code is 0
	n.after(agentRestart, n.tryAgent)
}

// markGone removes an agent for good: another start of it needs another identity.
func (n *node) markGone() {
	a, m := &n.agent, &n.c.mesos
	m.gone = append(m.gone, answers.Agent{ID: a.id, IP: n.ip, Phase: answers.Gone, Inactive: a.record.inactive, Drain: a.record.drain})
	a.gone = true
	n.removed("Agent has been marked gone")
}

// endTasks ends every task that runs on the agent, with or without it.
func (n *node) endTasks(state, source, reason, message string) {
	for _, t := range n.agent.tasks {
		if t.Live() || t.Runs() {
			n.endTask(t, state, source, reason, message)
		}
	}
}

// endTask ends one task, and tells the framework that launched it.
func (n *node) endTask(t *answers.Task, state, source, reason, message string) {
	for _, f := range n.c.mesos.frameworks {
		for _, l := range f.tasks {
			if l.Task == t {
				l.becomes(state, source, reason, message)
				return
			}
		}
	}
	t.State, t.Ended, t.Reason, t.Message = state, n.c.now(), reason, message
	n.c.note(n, "task ended", fmt.Sprint(t.Name, " ", state))
}
