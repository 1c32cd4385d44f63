package render

import (
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// causes gives what follows from each node that has a block of its own among
// these, by the first of the nodes that it is due to, and how much that is.
func causes(blocks []plan.Block) (caused map[inventory.NodeName][]plan.Block, n int) {
	caused = map[inventory.NodeName][]plan.Block{}
	for _, b := range blocks {
		if len(b.DueTo) == 0 {
			continue
		}
		first := b.DueTo[0]
		if slices.ContainsFunc(blocks, func(c plan.Block) bool { return c.Node == first && len(c.DueTo) == 0 }) {
			caused[first] = append(caused[first], b)
			n++
		}
	}
	return caused, n
}

// followers is what follows from the nodes of a folded block, in a line for each kind:
// what is "the cluster is not healthy: leader" and the same of etcd is one. They
// are told once, below the first block of the node.
func (f folded) followers(caused map[inventory.NodeName][]plan.Block) []string {
	var kinds []string
	of := map[string][]string{}
	for _, node := range f.nodes {
		for _, b := range caused[node] {
			kind, one, _ := strings.Cut(b.What, ": ")
			if _, seen := of[kind]; !seen {
				kinds = append(kinds, kind)
			}
			if one != "" {
				of[kind] = append(of[kind], one)
			} else if of[kind] == nil {
				of[kind] = []string{}
			}
		}
		if caused[node] != nil {
			caused[node] = []plan.Block{}
		}
	}
	for i, kind := range kinds {
		if len(of[kind]) > 0 {
			kinds[i] += ": " + strings.Join(of[kind], ", ")
		}
		kinds[i] = Printable(kinds[i])
	}
	return kinds
}
