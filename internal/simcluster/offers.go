package simcluster

import (
	"fmt"
	"math"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
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
func (n *node) used() (cpus, mem float64) {
	if n.fault(AgentFull) {
		return agentCPUs, agentMem
	}
	for _, t := range n.agent.tasks {
		if t.state == taskRunning || t.state == taskUnreachable {
			cpus, mem = cpus+taskCPUs, mem+taskMem
		}
	}
	return min(cpus, agentCPUs), min(mem, agentMem)
}

// resources are scalars as the operator API writes them.
func (n *node) resources(cpus, mem float64) []any {
	list := []any{}
	for _, r := range []struct {
		name   string
		amount float64
	}{{"cpus", cpus}, {"mem", mem}} {
		if r.amount > 0 {
			list = append(list, n.scalar(r.name, r.amount))
		}
	}
	return list
}

func (n *node) scalar(name string, amount float64) map[string]any {
	amount = math.Round(amount*1000) / 1000 // Mesos keeps three decimals
	return map[string]any{"name": name, "type": "SCALAR", "scalar": map[string]any{"value": amount}, "role": n.reserved()}
}

// allocate offers a framework every agent that has room for it, whole.
func (c *Cluster) allocate(f *framework) {
	if f.suppressed || !f.connected {
		return
	}
	offers := []any{}
	for _, n := range c.listed() {
		cpus, mem := n.used()
		cpus, mem = agentCPUs-cpus, agentMem-mem
		if !c.mayHave(f, n) || cpus < 0.01 && mem < 32 {
			continue
		}
		c.mesos.offerIDs++
		id := fmt.Sprintf("%s-O%d", c.mesos.cluster, c.mesos.offerIDs)
		f.offers[id] = n
		resources := n.resources(cpus, mem)
		for _, r := range resources {
			r.(map[string]any)["allocation_info"] = map[string]any{"role": f.role}
		}
		offers = append(offers, map[string]any{"id": value(id), "framework_id": value(f.id), "agent_id": value(n.agent.id), "hostname": n.ip,
			"allocation_info": map[string]any{"role": f.role}, "resources": resources, "attributes": []any{}, "executor_ids": []any{}})
	}
	if len(offers) > 0 {
		f.send("OFFERS", map[string]any{"offers": offers})
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
	return own && n.agent.record.active && !n.deactivated() && !c.now().Before(f.refused[n]) && !n.fault(NoOffers)
}

// answered takes offers back, and gives the agents that were in them.
func (c *Cluster) answered(f *framework, a answerToOffers) (agents []*node, valid bool) {
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
