package controller

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

// found is a journal that may be gone on with.
type found struct {
	where string
	whole int64 // bytes of its whole lines
	began time.Time
	state orchestrator.State
	file  *os.File // of a copy, without a name; nil: of this machine, or closed
}

// close gives the space of a copy back. It may be nil, and closed before.
func (f *found) close() {
	if f != nil && f.file != nil {
		f.file.Close()
		f.file = nil
	}
}

// here is where a journal of this machine was found.
const here = "this machine"

// newer tells which of two journals of a run is its last word: that of the
// later controller, which began from the longest copy it could find, and of one
// controller's the longer.
func (f *found) newer(than *found) bool {
	switch {
	case f == nil:
		return false
	case than == nil || f.state.Epoch != than.state.Epoch:
		return than == nil || f.state.Epoch > than.state.Epoch
	}
	return f.state.Seq > than.state.Seq
}

// journal reads a master's copy of a run's journal and checks it; nil without
// an error means that it holds none. Masters may lie: the copy goes to a file
// that nobody else can open and that is gone with this process, and its events
// are looked at one by one. It is to be closed.
func (m masterCopies) journal(ctx context.Context, run string) (*found, error) {
	f, ok := m.file(run, journal.JournalFile)
	if !ok {
		return nil, nil
	}
	file, err := os.CreateTemp("", "dcos-patch-copy-*")
	if err != nil {
		return nil, &unreadError{fmt.Errorf("keeping what %s has: %w", m.master, err)}
	}
	copied := &found{file: file}
	err = os.Remove(file.Name())
	if err == nil {
		err = patcher.ReadCopy(ctx, m.nodes, m.master, f, file)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		copied.close()
		return nil, &unreadError{err}
	}
	if err := copied.examine(string(m.master), run, file, m.longest); err != nil {
		copied.close()
		return nil, err
	}
	return copied, nil
}

// unreadError means that a copy is there and was not read: it may say anything. What
// was read and is damaged says nothing.
type unreadError struct{ error }

func (e *unreadError) Unwrap() error { return e.error }

// examine checks a journal's bytes. A torn end is fine.
func (f *found) examine(where, run string, r io.Reader, most journal.Longest) error {
	f.where, f.state = where, orchestrator.New()
	whole, err := journal.Walk(where+":"+journal.JournalFile, r, most, func(e journal.Event) {
		if f.began.IsZero() {
			f.began = e.At
		}
		f.state = orchestrator.Replay(f.state, e)
	})
	if err != nil {
		return err
	}
	f.whole = whole
	if f.state.Plan == nil || f.state.Run != run {
		return fmt.Errorf("%s: the journal of run %s does not begin with its plan", where, run)
	}
	if err := plan.Verify(f.state.Plan); err != nil {
		return fmt.Errorf("%s: run %s: %w", where, run, err)
	}
	return nil
}

// local is this machine's own journal of the run, if it has one that can be
// read. Nobody else may be at work on it.
func (r Runs) local(run string) (*found, error) {
	path := r.Path(run, journal.JournalFile)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	held, err := r.hold(run)
	if err != nil {
		return nil, err
	}
	defer held.Close()
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f := &found{}
	if f.examine(here, run, file, journal.Longest{}) != nil {
		return nil, nil // what it says is worth less than any copy
	}
	return f, nil
}
