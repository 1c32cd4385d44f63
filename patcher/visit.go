package patcher

import "github.com/dcos-patch/dcos-patch/inventory"

// Visit begins a visit to a node, for Nodes that hold few connections at once:
// what was asked of the node is finished when leave is called.
func Visit(nodes Nodes, name inventory.NodeName) (leave func()) {
	if v, ok := nodes.(interface {
		Visit(inventory.NodeName) func()
	}); ok {
		return v.Visit(name)
	}
	return func() {}
}

// Visit is that of the nodes.
func (b bounded) Visit(name inventory.NodeName) (leave func()) { return Visit(b.Nodes, name) }
