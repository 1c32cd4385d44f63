package plan

import (
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// VerifyGates are the gates that a node of the inventory must pass after its
// patch, for those who ask outside of a run.
func VerifyGates(c *inventory.Cluster, n inventory.Node) []GateSpec {
	scale := scaleOf(c.Rehearsal.TimeScale)
	if n.Role == dcos.Master {
		return gatesOf(masterServe(), c.Policy.Timeouts, scale)
	}
	t := c.Policy.Timeouts
	for _, g := range c.Groups {
		if g.Name == n.Group {
			t = g.Policy.Timeouts
		}
	}
	return append(gatesOf(agentReturn(), t, scale), gatesOf(agentServe(), t, scale)...)
}
