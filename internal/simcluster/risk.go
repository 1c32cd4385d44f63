package simcluster

import (
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/safety"
)

// AtRisk says, from outside of the product, why nobody should turn away from
// the cluster now: a script that runs, a swap cut in its middle, a master that
// does not serve, masters without a leader that works. Nothing: it may be left.
func (c *Cluster) AtRisk() []string {
	defer c.enter()()
	var t safety.Cluster
	for _, n := range c.nodes {
		t.Nodes = append(t.Nodes, safety.Node{Name: n.name, Master: n.role == dcos.Master, Running: n.patchRunning(), Cut: n.power && n.tree.exists(dcos.InstallProgress),
			Out: n.role == dcos.Master && !n.masterServes(), Ours: true})
	}
	if !c.leads() {
		t.Held = noLeader
	}
	return t.Risks()
}

// Away lists the agents that are not active at the leader.
func (c *Cluster) Away() []string {
	defer c.enter()()
	var out []string
	for _, n := range c.agents() {
		if !n.agent.record.active {
			out = append(out, n.name)
		}
	}
	return out
}

// Unpatched lists the nodes that are not at the target, or whose daemons do
// not run from its packages.
func (c *Cluster) Unpatched() []string {
	defer c.enter()()
	var out []string
	for _, n := range c.nodes {
		if n.version != c.opt.To || !n.power || !n.running || n.owed() {
			out = append(out, n.name)
		}
	}
	return out
}
