package steps

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
)

// LockedError means that somebody else holds the lock. Nothing was changed.
type LockedError struct {
	Node   inventory.NodeName
	Holder node.LockHolder
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("the cluster is locked by run %s of %s (epoch %d, as %s says)", node.Said(e.Holder.Run), node.Said(e.Holder.Owner), e.Holder.Epoch, e.Node)
}

// OvertakenError means that another controller has gone on with the run since
// this one's journal ends. Nothing was changed.
type OvertakenError struct {
	Node inventory.NodeName
	Run  string
	Seen int // its epoch
}

func (e *OvertakenError) Error() string {
	return fmt.Sprintf("another controller has gone on with run %s (epoch %d, as %s says): the journal here is not its last word", node.Said(e.Run), e.Seen, e.Node)
}

// UntakenError means that the lock could not be taken on a master that
// answers. It was given back on the others; nothing else was changed.
type UntakenError struct {
	Node  inventory.NodeName
	Doing string
	Err   error
}

func (e *UntakenError) Error() string {
	return fmt.Sprintf("%s: %s: %s", e.Node, e.Doing, strings.TrimPrefix(e.Err.Error(), string(e.Node)+": "))
}

func (e *UntakenError) Unwrap() error { return e.Err }

// ErrNoMajority means that too few masters answered to take the lock.
var ErrNoMajority = errors.New("too few masters answered to take the lock")

// LostError means that the run is another controller's, or nobody's: a master
// has seen a higher epoch, or the lock is another's or gone.
type LostError struct{ Why string }

func (e *LostError) Error() string { return e.Why }
