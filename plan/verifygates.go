package plan

import (
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// VerifyGates are the gates that a node of the inventory must pass after its
// patch, for those who ask outside of a run.
func VerifyGates(c *inventory.Cluster, n inventory.Node) []GateSpec {
	scale := scaleOf(c.Rehearsal.TimeScale)
	own := customSpecs(c, n.Group, scale)
	if n.Role == dcos.Master {
		return append(gatesOf(masterServe(), c.Policy.Timeouts, scale), own...)
	}
	t := c.Policy.Timeouts
	for _, g := range c.Groups {
		if g.Name == n.Group {
			t = g.Policy.Timeouts
		}
	}
	serve := gatesOf(agentServe(), t, scale)
	back := slices.DeleteFunc(gatesOf(agentReturn(), t, scale), func(g GateSpec) bool { return (Step{Gates: serve}).Asks(g.Gate) })
	return slices.Concat(back, serve, own)
}
