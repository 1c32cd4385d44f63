package orchestrator

import (
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Command is what the engine wants done now; exactly one field is set. The
// commands that Next returns replace all that it returned before: they follow
// from the state, so a command that was not carried out comes again.
type Command struct {
	Record    *journal.Event // make this a fact
	Start     *plan.Task     // record step-started, then do it
	Reconcile *plan.Task     // look how it ended; one look at a time for a step
	Undo      *plan.Undoing  // undo it; one attempt at a time for an obligation of a node
	Observe   *plan.Ask      // look at the cluster; one look at a time
	Wake      time.Time      // decide again with Tick then, whatever happens or does not: a limit passes. The last of the commands
}
