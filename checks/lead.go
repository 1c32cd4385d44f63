package checks

import (
	"context"
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Lead is the leading master at one moment, for those who do more than ask.
type Lead struct {
	Node  inventory.NodeName
	Mesos *mesos.Client

	agents dcos.Agents
}

// Lead finds the one master that leads and works, as gate "leader" does, but for
// masters that cannot be read while a majority can.
func (c *Cluster) Lead(ctx context.Context) (Lead, error) {
	l := c.leadership(ctx)
	if _, why := l.broken(minority(len(l.readings))); why != "" {
		return Lead{}, fmt.Errorf("no leading master that works: %s", why)
	}
	r, _ := l.leader()
	return Lead{Node: r.node.Name, Mesos: c.peers[r.node.Name].mesos, agents: l.agents}, nil
}

// Agent is the leader's entry of a node's agent; false when it lists none.
func (l Lead) Agent(n plan.Node) (dcos.Agent, bool) { return agentAt(l.agents, n.IP) }
