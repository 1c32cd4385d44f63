package plan

import "github.com/dcos-patch/dcos-patch/inventory"

// atFault reports whether a node explains by itself what is missing of it: it
// gave no answer, or a patch runs on it.
func (s *builder) atFault(n inventory.NodeName) bool {
	if s.excluded(n) || s.known(string(n)) == "" {
		return false
	}
	f := s.facts(n)
	return f.Err != "" || f.MidSwap || f.PatchUnit != ""
}

// explained gives nodes back if each of them is a reason of its own: what is
// put down to them then follows from those, and is mended with them.
func (s *builder) explained(nodes []inventory.NodeName) []inventory.NodeName {
	for _, n := range nodes {
		if !s.atFault(n) {
			return nil
		}
	}
	return nodes
}

// following marks all blocks from the nth on as what follows from a node.
func (s *builder) following(n int, from inventory.NodeName) {
	for i := range s.blocks[n:] {
		s.blocks[n+i].DueTo = []inventory.NodeName{from}
	}
}

// weigh gives the place of a block among the others: first the nodes that
// others follow from, last what follows.
func weigh(blocks []Block) func(Block) int {
	causes := map[inventory.NodeName]bool{}
	for _, b := range blocks {
		for _, n := range b.DueTo {
			causes[n] = true
		}
	}
	return func(b Block) int {
		switch {
		case len(b.DueTo) > 0:
			return 2
		case causes[b.Node]:
			return 0
		}
		return 1
	}
}
