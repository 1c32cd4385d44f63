package controller

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/patcher"
)

// noted are nodes that note who visits them.
type noted struct {
	patcher.Nodes
	visited, left []inventory.NodeName
}

func (n *noted) Visit(name inventory.NodeName) (leave func()) {
	n.visited = append(n.visited, name)
	return func() { n.left = append(n.left, name) }
}

// A wrapper that hides visits keeps every connection open, and nothing else would
// show it.
func TestEveryWrapperOfNodesPassesVisitsOn(t *testing.T) {
	for name, wrap := range map[string]func(patcher.Nodes) patcher.Nodes{
		"slow teller": func(n patcher.Nodes) patcher.Nodes { return newSlowTeller(n, func(Event) {}) },
		"fenced":      func(n patcher.Nodes) patcher.Nodes { return fencedHosts{n, func(error) {}} },
	} {
		n := &noted{}
		wrap(n).Visit("a1")()
		if len(n.visited) != 1 || len(n.left) != 1 {
			t.Errorf("%s: %v visited, %v left", name, n.visited, n.left)
		}
	}
}
