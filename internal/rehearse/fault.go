package rehearse

import (
	"cmp"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Fault is one thing that goes wrong.
type Fault struct {
	What  fault.Kind         // one that a rehearsal has
	Said  fault.Kind         // what a file calls it; empty: the same
	Where inventory.NodeName // empty: whoever comes to it first
	Nth   int                // only the nth time that it could act, from 1; 0: every time. For the cluster and the controller: the number of the journal's event
	For   time.Duration      // 0: as long as that kind lasts

	about func(journal.Event) bool // in place of Nth, about a call of finish-swap: of the matrix, which is a test; no file of faults says it
}

// Check refuses faults that could never act on the plan.
func Check(faults []Fault, p *plan.Plan) error {
	for i, f := range faults {
		t, known := f.What.Rehearsed()
		said := cmp.Or(f.Said, f.What)
		switch _, there := p.Node(f.Where); {
		case !known:
			return fmt.Errorf("fault %d: the twin has no fault %q; it has %v", i+1, said, fault.Rehearsed())
		case f.Where != "" && !there:
			return fmt.Errorf("fault %d (%s): no node %q", i+1, said, f.Where)
		case f.Nth < 0:
			return fmt.Errorf("fault %d (%s): nth %d: want the number of a time, from 1", i+1, said, f.Nth)
		case f.For < 0 && f.What != fault.ClockSkew: // a clock may be behind
			return fmt.Errorf("fault %d (%s): for %s: want a while", i+1, said, f.For)
		case t.Hourly && f.Nth < 1:
			return fmt.Errorf("fault %d (%s): say nth, the number of the journal's event at which it strikes", i+1, said)
		}
	}
	return nil
}
