package controller

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
)

// Event is something that happened: one of the types below.
type Event interface{ event() }

type (
	// Recorded is an event of the run, in its journal, and the run's state with it.
	Recorded struct {
		Event journal.Event
		State orchestrator.State
	}

	// Slow are nodes to which there is no connection since a while.
	Slow struct {
		Nodes []inventory.NodeName
		Since time.Time
	}

	// Torn is a record of a journal that was put aside, since its write was cut short.
	Torn struct {
		Bytes int64
		Kept  string // the file
	}

	// Unused is a copy of a run that could not be used.
	Unused struct{ Why string }

	// Known is a run of which this machine knows as much as any copy.
	Known struct{ Run string }

	// Copied is a run that is taken from a copy.
	Copied struct {
		Run    string
		Events uint64
		From   string
		Last   time.Time
	}

	// Trouble is something that was not done and that changes nothing else.
	Trouble struct{ Err error }

	// Woken is a controller that was suspended, and asks the masters whether the run
	// is still its own. It asks again after an Err.
	Woken struct {
		At    time.Time
		Slept time.Duration
		Err   error
	}

	// Unrecorded is a run whose journal could not be written, with a last look at
	// the cluster.
	Unrecorded struct{ State orchestrator.State }

	// Concluded is a run that this controller has left. Failure packs come after it.
	Concluded struct{ Result }

	// Packed is a failure pack that was written.
	Packed struct{ Path string }

	// Watching is a lock whose controller is watched for a sign of life.
	Watching struct {
		For    time.Duration
		Others bool // some nodes are not asked, by a person's word
	}

	// Raising is the beginning of a broken lock's new epoch.
	Raising struct{}

	// Raised is a new epoch on the masters; the locks stay. 0: it is not kept everywhere.
	Raised struct{ Epoch int }

	// Waits is a check that waits for its node.
	Waits struct {
		Node inventory.NodeName
		Most time.Duration
	}

	// News is a finding of a check that has changed.
	News struct{ Finding dcos.Finding }
)

func (Recorded) event()   {}
func (Slow) event()       {}
func (Torn) event()       {}
func (Unused) event()     {}
func (Known) event()      {}
func (Copied) event()     {}
func (Trouble) event()    {}
func (Woken) event()      {}
func (Unrecorded) event() {}
func (Concluded) event()  {}
func (Packed) event()     {}
func (Watching) event()   {}
func (Raising) event()    {}
func (Raised) event()     {}
func (Waits) event()      {}
func (News) event()       {}
