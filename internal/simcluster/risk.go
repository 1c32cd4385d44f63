package simcluster

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// AtRisk says, from outside of the product, why nobody should turn away from
// the cluster now: a script that runs, a swap cut in its middle, a master that
// does not serve, masters without a leader that works. Nothing: it may be left.
func (c *Cluster) AtRisk() []string {
	defer c.enter()()
	var out []string
	risk := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, n := range c.nodes {
		switch {
		case n.patchRunning():
			risk("the script is running on %s", n.name)
		case n.power && n.tree.exists(dcos.InstallProgress):
			risk("%s is in the middle of a swap", n.name)
		case n.role == dcos.Master && !n.masterServes():
			risk("master %s does not serve", n.name)
		}
	}
	if c.mesos.leader == nil || !c.mesos.recovered {
		risk("no leading master works")
	}
	return out
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
