package simcluster

import (
	"net/http"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// mesosMaster is what the node's Mesos master knows now.
func (n *node) mesosMaster() answers.Master {
	c, m := n.c, &n.c.mesos
	model := answers.Master{ID: m.cluster, IP: n.ip, Build: n.build(), Cluster: c.opt.Name, Masters: c.opt.Masters, Marathon: m.cluster + "-0000",
		Leads: m.leader == n, Recovered: m.leader == n && m.recovered, Uptime: c.now().Sub(n.master.since), Voting: true, Ensemble: c.ensemble(),
		Limits: answers.Limits{Ping: c.scaled(pingTimeout), Pings: pingCount, Reregister: c.scaled(reregister), Fetch: c.scaled(fetchTimeout), Session: c.scaled(zkSession)},
		Agents: c.registry, Ghosts: m.ghosts, Maintenance: c.maintenance}
	if m.detected != nil {
		model.Leader = m.detected.ip
	}
	for _, f := range m.frameworks {
		model.Frameworks = append(model.Frameworks, answers.Framework{ID: f.id, Name: f.name, Stream: f.stream, Connected: f.connected})
	}
	return model
}

// registry are the agents as the masters know them.
func (c *Cluster) registry() []answers.Agent {
	var out []answers.Agent
	for _, n := range c.agents() {
		r := n.agent.record
		a := answers.Agent{ID: n.agent.id, IP: n.ip, Version: dcos.Version(r.version), Connected: r.active,
			Registered: r.registered, Reregistered: r.reregistered, Total: n.resources(agentCPUs, agentMem), Tasks: n.agent.tasks,
			Inactive: r.inactive, Drain: r.drain, Deactivated: func() bool { return n.fault(fault.AgentDeactivated) }, Used: n.used}
		switch {
		case r.gone:
			a.Phase = answers.Unreachable
		case r.recovering:
			a.Phase = answers.Recovering
		case r.known:
			a.Phase = answers.Registered
		}
		out = append(out, a)
	}
	return append(out, c.mesos.gone...)
}

// mesosAgent is what the node's Mesos agent knows now.
func (n *node) mesosAgent() answers.Process {
	a := &n.agent
	return answers.Process{ID: a.id, IP: n.ip, Build: n.build(), Uptime: n.c.now().Sub(a.since), Leader: n.detects(), Settled: a.settled,
		Executors: n.c.scaled(10 * time.Second), Recovery: 20 * time.Millisecond, Tasks: a.tasks, Drain: a.draining}
}

// build is that of the running Mesos process.
func (n *node) build() answers.Build {
	b := answers.Build{Version: n.runs()}
	of := n.c.opt.From
	if string(b.Version) == n.c.opt.MesosTo {
		of = n.c.opt.To
	}
	b.GitSHA = packageNamed(packagesOf(n.c.release(of)), "mesos")[len("mesos--"):]
	return b
}

// mesosAnswer is a Mesos process's answer to one request, but for the scheduler
// API's.
func (n *node) mesosAnswer(r *http.Request, body []byte) answers.Reply {
	if answers.Path(r) == dcos.MetricsSnapshot {
		return n.metricsSnapshot()
	}
	if n.role.IsAgent() {
		return n.known(n.mesosAgent().Answer(r, body))
	}
	if answers.Path(r) != "/teardown" {
		a := n.known(n.mesosMaster().Answer(r, body))
		if a.Order != nil && n.c.storable() {
			n.c.carry(*a.Order)
			a.Order = nil
		}
		return a
	}
	id, no := n.mesosMaster().Teardown(r, body)
	if no.Status != 0 {
		return no
	}
	n.c.remove(n.c.framework(id))
	return answers.Reply{Status: http.StatusOK}
}

// known records what Mesos would have answered and the model does not.
func (n *node) known(r answers.Reply) answers.Reply {
	if r.Unknown != "" {
		n.c.drift = append(n.c.drift, n.name+": "+r.Unknown)
	}
	return r
}

// deactivated reports whether an operator has deactivated the agent, where Mesos
// can.
func (n *node) deactivated() bool {
	lead := n.c.mesos.leader
	return lead != nil && lead.build().Deactivates() && n.fault(fault.AgentDeactivated)
}

// maintenance is what operators have scheduled and taken down, those that faults stand
// for too.
func (c *Cluster) maintenance() answers.Maintenance {
	m := c.mesos.maintenance
	for _, n := range c.agents() {
		f, scheduled := c.meets(fault.MachineScheduled, n.name)
		down := n.fault(fault.MachineDown)
		if (scheduled || down) && !m.Schedules(n.machine()) {
			m.Windows = append(slices.Clip(m.Windows), answers.Window{Machines: []answers.MachineID{n.machine()}, Start: c.start.Add(time.Hour), For: f.For})
		}
		if down && !m.IsDown(n.machine()) {
			m = m.TakenDown([]answers.MachineID{n.machine()})
		}
	}
	return m
}
