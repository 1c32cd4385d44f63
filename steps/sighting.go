package steps

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
)

// Sighting is what one node said of itself, or why it did not.
type Sighting struct {
	Node   inventory.NodeName
	Survey node.Survey
	Err    error
}

// Busy names the patch that runs on the node, or may; empty when none does.
func (s Sighting) Busy() string {
	if unit := s.Survey.RunningUnit(); unit != "" {
		return unit
	}
	for _, r := range s.Survey.Receipts {
		if r.State == node.Running {
			return fmt.Sprintf("attempt %d of script %.12s", r.Attempt, r.SHA256)
		}
	}
	return ""
}
