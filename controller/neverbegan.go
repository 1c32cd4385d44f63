package controller

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/steps"
)

// acquire takes the cluster lock for a new run. Where it is held by a run of
// this machine that died before it touched anything, that one's is given back
// first: nobody can go on with such a run, and nothing speaks for it but its lock.
func (c *Cluster) acquire(ctx context.Context, runs Runs, lock *patcher.Lock) (epoch int, err error) {
	epoch, err = lock.Acquire(ctx)
	var locked *steps.LockedError
	if !errors.As(err, &locked) {
		return epoch, err
	}
	held := runs.neverBegan(locked.Holder.Run)
	if held == nil {
		return 0, err
	}
	defer held.Close()
	left := c.lock(locked.Holder.Run)
	left.Known = held.epoch
	if epoch, err = left.Acquire(ctx); err == nil {
		err = left.Release(ctx, epoch)
	}
	if err != nil {
		return 0, err
	}
	return lock.Acquire(ctx)
}

// unbegun is the place of the controller of a run that touched nothing. Nobody can
// begin it until it is closed.
type unbegun struct {
	io.Closer
	epoch int // the highest that its journal tells of; 0: it has none
}

// neverBegan gives that of a run of this machine; nil if it is no such run, or has a
// controller that lives. The run's name may be a node's word.
func (r Runs) neverBegan(run string) *unbegun {
	if !r.Has(run) {
		return nil
	}
	held, err := r.hold(run)
	if err != nil {
		return nil
	}
	// Only now can nobody begin it any more.
	s, err := r.Load(run)
	if _, there := os.Stat(r.Path(run, journal.JournalFile)); err != nil && !errors.Is(there, os.ErrNotExist) || s.Begun() {
		held.Close()
		return nil
	}
	return &unbegun{held, s.Epoch}
}
