package simcluster

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// What every agent has, and what a task of the cluster uses of it.
const (
	agentCPUs, agentMem = 4.0, 14000.0
	taskCPUs, taskMem   = 0.1, 128.0
)

// reserved is the role that an agent's resources are reserved to.
func (n *node) reserved() string {
	if n.role == dcos.PublicAgent {
		return "slave_public"
	}
	return "*"
}

// used is what tasks have of an agent's resources.
func (n *node) used() answers.Resources {
	cpus, mem := 0.0, 0.0
	if n.fault(fault.AgentFull) {
		cpus, mem = agentCPUs, agentMem
	}
	for _, t := range n.agent.tasks {
		if t.Runs() {
			cpus, mem = cpus+taskCPUs, mem+taskMem
		}
	}
	return n.resources(min(cpus, agentCPUs), min(mem, agentMem))
}

func (n *node) resources(cpus, mem float64) answers.Resources {
	return answers.Resources{CPUs: cpus, Mem: mem, Role: n.reserved()}
}

// free is what is left of an agent, as an offer to a framework.
func (n *node) free(f *framework, id string) answers.Offer {
	used := n.used()
	return answers.Offer{ID: id, Framework: f.id, Role: f.role, Agent: n.agent.id, IP: n.ip, Resources: n.resources(agentCPUs-used.CPUs, agentMem-used.Mem)}
}

// allocate offers a framework every agent that has room for it, whole.
func (c *Cluster) allocate(f *framework) {
	if f.suppressed || !f.connected {
		return
	}
	var offers []answers.Offer
	for _, n := range c.agents() {
		o := n.free(f, fmt.Sprintf("%s-O%d", c.mesos.cluster, c.mesos.offerIDs+1))
		if !c.mayHave(f, n) || o.Resources.CPUs < 0.01 && o.Resources.Mem < 32 {
			continue
		}
		c.mesos.offerIDs++
		f.offers[o.ID] = n
		offers = append(offers, o)
	}
	if len(offers) > 0 {
		f.queue = append(f.queue, answers.Offers(offers))
	}
}

// mayHave reports whether an agent's resources may be offered to a framework now.
func (c *Cluster) mayHave(f *framework, n *node) bool {
	for _, held := range f.offers {
		if held == n {
			return false
		}
	}
	own := n.reserved() == "*" || n.reserved() == f.role
	return own && n.agent.record.active && !n.agent.record.inactive && !n.deactivated() && !c.now().Before(f.refused[n]) && !n.fault(fault.NoOffers)
}

// answered takes offers back, and gives the agents that were in them.
func (c *Cluster) answered(f *framework, a answers.OfferAnswer) (agents []*node, valid bool) {
	refusal := usualRefusal
	if a.Filters.Refuse != nil {
		refusal = time.Duration(*a.Filters.Refuse * float64(time.Second))
	}
	valid = len(a.Offers) > 0
	for _, o := range a.Offers {
		n, there := f.offers[o.Value]
		valid = valid && there
		if there {
			delete(f.offers, o.Value)
			f.refused[n] = c.now().Add(c.scaled(refusal))
			agents = append(agents, n)
		}
	}
	return agents, valid
}
