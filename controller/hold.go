package controller

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/gofrs/flock"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// controllerFile says who controls a run on this machine.
const controllerFile = "controller"

// hold makes this process the only controller of a run on this machine, until
// the file is closed or the process has ended, however it ends. The cluster's
// lock does not keep two controllers of one run apart: a resume may take it
// from a dead one; and two of them would write one journal.
func (r Runs) hold(run string) (io.Closer, error) {
	if !journal.IsRunName(run) {
		return nil, &InvalidError{fmt.Errorf("%q is not the name of a run", run), advice.Run("runs").Say(" lists them")}
	}
	path := r.Path(run, controllerFile)
	lock := flock.New(path, flock.SetFlag(os.O_RDWR|os.O_CREATE))
	alone, err := lock.TryLock()
	if err != nil {
		return nil, r.noRun(run, err)
	}
	if !alone {
		who, _ := os.ReadFile(path) // only informs
		return nil, plan.Instead(plan.Block{What: fmt.Sprintf("run %s is under way on this machine", run), Observed: "its controller is " + strings.TrimSpace(string(who)),
			Want: "one controller a run", Next: advice.Run("status").Say(" shows how it goes; Ctrl-C there ends it after the nodes in hand")})
	}
	if err := os.WriteFile(path, []byte(r.cfg.Owner+"\n"), 0o600); err != nil { // the same file: the lock stays
		lock.Close()
		return nil, fmt.Errorf("becoming the controller of run %s: %w", run, err)
	}
	return lock, nil
}

// taken is a run in the hand of this process.
type taken struct {
	held  io.Closer
	file  *journal.File
	state orchestrator.State
}

// take holds a run, and folds its journal, which can then be written on.
func (r Runs) take(run string) (*taken, error) {
	held, err := r.hold(run)
	if err != nil {
		return nil, err
	}
	t := &taken{held: held, state: orchestrator.New()}
	t.file, err = journal.AppendEach(r.Path(run, journal.JournalFile), func(e journal.Event) { t.state = orchestrator.Replay(t.state, e) })
	if errors.Is(err, fs.ErrNotExist) {
		held.Close()
		return nil, plan.Instead(plan.Block{What: fmt.Sprintf("run %s never began", run), Observed: "it has no journal: its controller died before it recorded anything",
			Want: "a run that has begun", Next: advice.Run("apply").Say(": it also gives back the lock that such a run has left")})
	}
	if err != nil {
		held.Close()
		return nil, invalid("run %s: %w", run, err)
	}
	return t, nil
}

// tellTorn says that a record was put aside whose write was cut short.
func (t *taken) tellTorn(tell func(Event)) {
	if torn := t.file.Torn(); torn != nil {
		tell(JournalTorn{torn.Bytes, torn.Kept})
	}
}

// release lets others have the run.
func (t *taken) release() {
	t.file.Close()
	t.held.Close()
}

// controlled reports whether a process of this machine controls the run, or may:
// a lock that cannot be asked for counts as held.
func controlled(store journal.Store, run string) bool {
	lock := flock.New(store.Path(run, controllerFile), flock.SetFlag(os.O_RDONLY))
	defer lock.Close()
	free, err := lock.TryRLock()
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return false
	}
	return !free
}

// noRun is the error of a run that cannot be read; most often it was mistyped.
func (r Runs) noRun(run string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return &InvalidError{fmt.Errorf("there is no run %s in %s", run, r.Dir), advice.Run("runs").Say(" lists them")}
	}
	return invalid("run %s: %w", run, err)
}
