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
	// Recorded is an event of the run, in its journal, and the run's state with it. The
	// engine goes on with that state once Events returns: Clone it to keep it.
	Recorded struct {
		Event journal.Event
		State orchestrator.State
	}

	// NodesSlow are nodes to which there is no connection since a while.
	NodesSlow struct {
		Nodes []inventory.NodeName
		Since time.Time
	}

	// LockSlow are masters that have not answered since a while, as the cluster lock is
	// taken or given back.
	LockSlow struct {
		Nodes []inventory.NodeName
		Since time.Time
	}

	// JournalTorn is a record of a journal that was put aside, since its write was cut short.
	JournalTorn struct {
		Bytes int64
		Kept  string // the file
	}

	// CopyUnused is a copy of a run that could not be used.
	CopyUnused struct{ Why string }

	// CopyNotNewer is a run of which this machine knows as much as any copy.
	CopyNotNewer struct{ Run string }

	// CopyTaken is a run that is taken from a copy.
	CopyTaken struct {
		Run    string
		Events uint64
		From   string
		Last   time.Time
	}

	// Trouble is something that was not done and that changes nothing else.
	Trouble struct{ Err error }

	// ControllerWoken is a controller that was suspended, and asks the masters whether the run
	// is still its own. It asks again after an Err.
	ControllerWoken struct {
		At    time.Time
		Slept time.Duration
		Err   error
	}

	// RunUnrecorded is a run whose journal could not be written, with a last look at
	// the cluster.
	RunUnrecorded struct{ State orchestrator.State }

	// RunConcluded is a run that this controller has left. Failure packs come after it.
	RunConcluded struct{ Result }

	// PackWritten is a failure pack that was written.
	PackWritten struct{ Path string }

	// LockWatched is a lock whose controller is watched for a sign of life.
	LockWatched struct {
		For    time.Duration
		Others bool // some nodes are not asked, by a person's word
	}

	// EpochRaising is the beginning of a broken lock's new epoch.
	EpochRaising struct{}

	// EpochRaised is a new epoch on the masters; the locks stay. 0: it is not kept everywhere.
	EpochRaised struct{ Epoch int }

	// CheckWaits is a check that waits for its node.
	CheckWaits struct {
		Node inventory.NodeName
		Most time.Duration
	}

	// CheckChanged is a finding of a check that has changed.
	CheckChanged struct{ Finding dcos.Finding }
)

func (Recorded) event()        {}
func (NodesSlow) event()       {}
func (LockSlow) event()        {}
func (JournalTorn) event()     {}
func (CopyUnused) event()      {}
func (CopyNotNewer) event()    {}
func (CopyTaken) event()       {}
func (Trouble) event()         {}
func (ControllerWoken) event() {}
func (RunUnrecorded) event()   {}
func (RunConcluded) event()    {}
func (PackWritten) event()     {}
func (LockWatched) event()     {}
func (EpochRaising) event()    {}
func (EpochRaised) event()     {}
func (CheckWaits) event()      {}
func (CheckChanged) event()    {}
