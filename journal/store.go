package journal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Store is where the runs of one cluster are kept on the controller:
// DIR/RUN/{plan.json,journal.jsonl,script.sh,samples/}, and failure packs. Directories are 0700, files
// 0600.
type Store struct{ Dir string }

// Names of the files of a run.
const (
	PlanFile    = "plan.json"
	JournalFile = "journal.jsonl"
	ScriptFile  = "script.sh"
	SamplesDir  = "samples" // a directory: see package flight
)

// NewRun makes the directory of a new run, named after the time and, since
// somebody at another machine may begin one in the same minute, by lot:
// "1121-2200-k3fd". The cluster lock and the nodes' receipts tell runs apart by
// this name.
func (s Store) NewRun(now time.Time) (string, error) {
	if err := makeDir(s.Dir); err != nil {
		return "", fmt.Errorf("making the state directory: %w", err)
	}
	for {
		run := now.Format("0102-1504") + "-" + strings.ToLower(rand.Text()[:lot])
		err := os.Mkdir(filepath.Join(s.Dir, run), 0o700)
		if err == nil {
			return run, syncDir(s.Dir)
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("making the run's directory: %w", err)
		}
	}
}

// Adopt makes the directory of a run that began on another machine; that it is
// there is fine.
func (s Store) Adopt(run string) error {
	if err := makeDir(filepath.Join(s.Dir, run)); err != nil {
		return fmt.Errorf("making the run's directory: %w", err)
	}
	return nil
}

// Has reports whether a run of that name has a directory here, with a journal
// or not. The name may be anybody's word.
func (s Store) Has(run string) bool {
	entries, err := os.ReadDir(s.Dir)
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() && e.Name() == run })
}

// runName is what the name of a run may look like, in this and in earlier versions.
var runName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// IsRunName reports whether a word can be the name of a run. What a node says may
// not: such a word is no part of a path or of a command.
func IsRunName(word string) bool { return runName.MatchString(word) }

// lot is how many letters of a run's name are drawn: one of a million.
const lot = 4

// Path is a file of a run.
func (s Store) Path(run, file string) string { return filepath.Join(s.Dir, run, file) }

// Write makes a file of a run, whole or not at all.
func (s Store) Write(run, file string, content []byte) error {
	return s.WriteFrom(run, file, bytes.NewReader(content))
}

// WriteFrom is Write of what r reads.
func (s Store) WriteFrom(run, file string, r io.Reader) error {
	return writeWhole(s.Path(run, file), r)
}

// writeWhole replaces a file so that it is whole or as before, and outlives a loss
// of power.
func writeWhole(path string, r io.Reader) error {
	tmp := path + ".tmp"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	if _, err = io.Copy(f, r); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", filepath.Base(path), err), os.Remove(tmp))
	}
	return syncDir(filepath.Dir(path))
}

// makeDir makes a directory and the parents that it lacks, and makes the name of
// each outlive a loss of power: a journal is no use in a directory that is gone.
func makeDir(dir string) error {
	if fi, err := os.Stat(dir); err == nil && fi.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := makeDir(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}

// syncDir makes the names in a directory outlive a loss of power.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return nil
}

// Runs lists the runs that have a journal, the newest last.
func (s Store) Runs() ([]string, error) {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing runs: %w", err)
	}
	type run struct {
		name string
		at   time.Time
	}
	var runs []run
	for _, e := range entries {
		fi, err := os.Stat(s.Path(e.Name(), JournalFile))
		if err != nil {
			continue
		}
		runs = append(runs, run{e.Name(), began(s.Path(e.Name(), JournalFile), fi.ModTime())})
	}
	slices.SortStableFunc(runs, func(a, b run) int { return a.at.Compare(b.at) })
	names := make([]string, len(runs))
	for i, r := range runs {
		names[i] = r.name
	}
	return names, nil
}

// began is when a run began: its first event, or, if that cannot be read, the
// time of its file.
func began(path string, otherwise time.Time) time.Time {
	f, err := os.Open(path)
	if err != nil {
		return otherwise
	}
	defer f.Close()
	if e, err := first(f); err == nil {
		return e.At
	}
	return otherwise
}
