package plan

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// Block is one reason why there is no plan, or why a saved plan no longer
// holds. Every field is text for a person.
type Block struct {
	Check    string             `json:"check,omitempty"` // a word for it; what a waiver names
	Node     inventory.NodeName `json:"node,omitempty"`  // empty for the cluster
	What     string             `json:"what"`            // what is wrong
	Observed string             `json:"observed,omitempty"`
	Want     string             `json:"want,omitempty"`
	Next     string             `json:"next,omitempty"` // what to do about it

	// DueTo are nodes whose own blocks explain this one.
	DueTo []inventory.NodeName `json:"due_to,omitempty"`
}

func (b Block) String() string {
	var s strings.Builder
	if b.Node != "" {
		fmt.Fprintf(&s, "%s: ", b.Node)
	}
	s.WriteString(b.What)
	if b.Observed != "" {
		fmt.Fprintf(&s, "; observed %s", b.Observed)
	}
	if b.Want != "" {
		fmt.Fprintf(&s, "; wanted %s", b.Want)
	}
	return s.String()
}

// RefusalError is every reason at once: first the nodes that others follow
// from, then what else there is, and last what follows; each with the cluster's
// first, then those of nodes in the plan's node order. Nothing was touched.
type RefusalError struct {
	Blocks []Block `json:"blocks"`
}

func (e *RefusalError) Error() string {
	switch len(e.Blocks) {
	case 0:
		return "refused"
	case 1:
		return "refused: " + e.Blocks[0].String()
	}
	return fmt.Sprintf("refused for %d reasons, the first: %s", len(e.Blocks), e.Blocks[0])
}
