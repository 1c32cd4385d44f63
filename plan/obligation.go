package plan

import (
	"encoding/json"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// Obligation is a kind of temporary change, which must be undone. The
// journal knows it by this name.
type Obligation string

// The obligations.
const (
	OwesNothing Obligation = ""
	OwesLock    Obligation = "lock"   // the cluster lock, on the masters
	OwesCopies  Obligation = "copies" // of plan, journal and script, on the masters
	OwesFiles   Obligation = "files"  // script and node program, on every node that was staged or patched
	OwesProbe   Obligation = "probe"  // a launch probe's framework at the Mesos master, with its task on a canary
)

// ObligationSpec is what is known of an obligation.
type ObligationSpec struct {
	What  string      // in words
	Prior string      // what was there before
	Undo  advice.Text // how it is undone

	// Temporary: no lane goes on from the step that opened it while it is open.
	Temporary bool
	AtLeader  bool // it is at the leading master, and not on its node
	Undoable  bool // the engine has it undone once its node's lane is not at work any more
}

// Undoing is an obligation that is to be undone on a node now.
type Undoing struct {
	Plan  *Plan
	Run   string
	Epoch int
	Kind  Obligation
	Node  inventory.NodeName
	Was   json.RawMessage // the baseline that the node's lane had as it was opened
}

// Spec is the obligation's row of the table.
func (o Obligation) Spec() ObligationSpec {
	switch o {
	case OwesLock:
		return ObligationSpec{What: "the cluster lock", Prior: "held by nobody", Undo: advice.Say("given back when the run is done")}
	case OwesCopies:
		return ObligationSpec{What: "copies of plan, journal and script", Prior: "nothing", Undo: advice.Run("sweep")}
	case OwesFiles:
		return ObligationSpec{What: "node patch script and node program", Prior: "nothing", Undo: advice.Run("sweep")}
	case OwesProbe:
		return ObligationSpec{What: "launch probe's framework", Prior: "nothing", Undo: advice.Run("resume").Say(", or ").Run("sweep"), Temporary: true, AtLeader: true}
	}
	return ObligationSpec{}
}
