package plan

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/advice"
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
	Next     advice.Text        `json:"next,omitempty"` // what to do about it

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

	// Instead is set where the same command would be refused again, also once all that the
	// blocks ask for is done: Next is to be given, or the commands that the blocks begin with.
	Instead bool             `json:"-"`
	Next    []advice.Command `json:"-"`
}

// Refuse makes a refusal. Once what it names is mended, the command is given again.
func Refuse(blocks ...Block) error { return &RefusalError{Blocks: blocks} }

// Instead makes a refusal of one reason, whose Next names another command.
func Instead(b Block) error { return &RefusalError{Blocks: []Block{b}, Instead: true} }

func (e *RefusalError) Error() string {
	switch len(e.Blocks) {
	case 0:
		return "refused"
	case 1:
		return "refused: " + e.Blocks[0].String()
	}
	return fmt.Sprintf("refused for %d reasons, the first: %s", len(e.Blocks), e.Blocks[0])
}

// Onward are the commands that lead on from a refusal with Instead.
func (e *RefusalError) Onward() []advice.Command {
	if e.Next != nil {
		return e.Next
	}
	var all []advice.Command
	for _, b := range e.Blocks {
		if c := b.Next.First(); c != nil {
			all = append(all, c)
		}
	}
	return all
}
