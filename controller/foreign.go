package controller

import (
	"cmp"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// ofAnother reports whether a master says that it belongs to another cluster.
func ofAnother(inv *inventory.Cluster, facts plan.Facts) bool {
	for _, m := range inv.Masters {
		if id := facts.Nodes[m.Name].ClusterID; id != "" && inv.ID != "" && id != inv.ID {
			return true
		}
	}
	return false
}

// refuseForeign refuses when a node says that it belongs to another cluster than
// the inventory's: locks, copies and files of ours there are another's.
func (c *Cluster) refuseForeign(seen []steps.Sighting) error {
	var blocks []plan.Block
	for _, x := range seen {
		if id := x.Survey.ClusterID; x.Err == nil && id != "" && id != cmp.Or(c.inv.ID, id) {
			blocks = append(blocks, plan.Block{Node: x.Node, What: "it belongs to another cluster", Observed: node.Said(id), Want: c.inv.ID,
				Next: advice.Say("check its address in the inventory, and that it is the inventory you mean; never change the inventory's id to make this pass")})
		}
	}
	if len(blocks) > 0 {
		return plan.Refuse(blocks...)
	}
	return nil
}
