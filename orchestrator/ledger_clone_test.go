package orchestrator

import (
	"fmt"
	"slices"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Nodes are appended to the ledger in place, since a journal may name ten
// thousand of them one by one; clones, and other folds of the same events, must
// not see it.
func TestALedgerIsItsOwnHoweverItIsCloned(t *testing.T) {
	open := func(n string) journal.Event {
		return journal.Event{Kind: journal.ObligationOpened, Obligation: &journal.Obligation{ID: plan.OwesFiles, Nodes: []inventory.NodeName{inventory.NodeName(n)}}}
	}
	first := open("m1")
	first.Obligation.Nodes = append(make([]inventory.NodeName, 0, 8), "m1") // with room for more, as an append leaves it
	s := owe(New(), first)
	for i := range 5 {
		s = owe(s, open(fmt.Sprint("a", i)))
		one, two := s.Clone(), s.Clone()
		one, two, on := owe(one, open("x")), owe(two, open("y")), owe(s.Clone(), open("z"))
		for name, c := range map[inventory.NodeName]State{"x": one, "y": two, "z": on} {
			nodes := c.Obligations()[0].Nodes
			if len(nodes) != i+3 || nodes[len(nodes)-1] != name || !slices.Equal(nodes[:i+2], s.Obligations()[0].Nodes) {
				t.Fatalf("%s: %v, beside %v", name, nodes, s.Obligations()[0].Nodes)
			}
		}
	}
	if again := owe(owe(New(), first), open("b")); again.Obligations()[0].Nodes[1] != "b" || s.Obligations()[0].Nodes[1] != "a0" {
		t.Errorf("two folds of the same events: %v and %v", again.Obligations()[0].Nodes, s.Obligations()[0].Nodes)
	}
}
