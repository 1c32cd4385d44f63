package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/patcher"
)

// acquire takes the cluster lock for a new run. Where it is held by a run of
// this machine that died before it touched anything, that one's is given back
// first: nobody can go on with such a run, and nothing speaks for it but its lock.
func (a *app) acquire(ctx context.Context, s *session, store journal.Store, lock *patcher.Lock) (epoch int, err error) {
	epoch, err = lock.Acquire(ctx)
	var locked *patcher.LockedError
	if !errors.As(err, &locked) {
		return epoch, err
	}
	held := neverBegan(store, locked.Holder.Run)
	if held == nil {
		return 0, err
	}
	defer held.Close()
	left := a.lock(s, locked.Holder.Run)
	if epoch, err = left.Acquire(ctx); err == nil {
		err = left.Release(ctx, epoch)
	}
	if err != nil {
		return 0, err
	}
	return lock.Acquire(ctx)
}

// neverBegan gives the place of the controller of a run of this machine that
// touched nothing, to be closed; nil if it is no such run, or has a controller
// that lives. The run's name may be a node's word.
func neverBegan(store journal.Store, run string) io.Closer {
	if !store.Has(run) {
		return nil
	}
	held, err := hold(store, run)
	if err != nil {
		return nil
	}
	// Only now can nobody begin it any more.
	s, err := load(store, run)
	if _, there := os.Stat(store.Path(run, journal.JournalFile)); err != nil && !errors.Is(there, os.ErrNotExist) || s.Begun() {
		held.Close()
		return nil
	}
	return held
}
