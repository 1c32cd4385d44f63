package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/plan"
)

// StateDir is where the runs of all clusters are kept: $XDG_STATE_HOME/dcos-patch,
// or ~/.local/state/dcos-patch.
func StateDir() (string, error) {
	base := os.Getenv("XDG_STATE_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("finding the state directory: %w; set XDG_STATE_HOME", err)
		}
		base = filepath.Join(home, ".local", "state")
	}
	if !filepath.IsAbs(base) { // or every directory has runs of its own
		return "", fmt.Errorf("XDG_STATE_HOME is %q: want an absolute path", base)
	}
	return filepath.Join(base, "dcos-patch"), nil
}

// Cluster is whose runs a store keeps. The ID is the key: two clusters may have
// one name, and a cluster may get another name. The name is for people.
type Cluster struct{ Name, ID string }

// dir is the name of a cluster's directory. Neither a name nor an id has an @. No
// run begins without an id.
func (c Cluster) dir() string { return c.Name + "@" + c.ID }

// OpenStore gives the store of a cluster below a directory.
func OpenStore(state string, c Cluster) (Store, error) {
	own := Store{Dir: filepath.Join(state, c.dir())}
	entries, err := os.ReadDir(state)
	if errors.Is(err, fs.ErrNotExist) || c.ID == "" {
		return own, nil
	}
	if err != nil {
		return Store{}, fmt.Errorf("opening the state directory: %w", err)
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == c.dir() }) {
		return own, nil
	}
	for _, e := range entries { // it had another name
		if e.IsDir() && strings.HasSuffix(e.Name(), "@"+c.ID) {
			return Store{Dir: filepath.Join(state, e.Name())}, nil
		}
	}
	return own, nil
}

// Migrate moves the cluster's runs to where OpenStore keeps them, from a
// directory of the cluster's name alone, as earlier versions had it. Runs of
// other clusters with that name stay, and so does what does not say whose it is.
// A run that is busy is not moved: it is an error, and nothing is moved.
func Migrate(state string, c Cluster, busy func(run string) bool) error {
	old := Store{Dir: filepath.Join(state, c.Name)}
	entries, err := os.ReadDir(old.Dir)
	if errors.Is(err, fs.ErrNotExist) || c.ID == "" || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening the state directory: %w", err)
	}
	var ours []string
	for _, e := range entries {
		if !e.IsDir() || old.clusterOf(e.Name()) != c.ID {
			continue
		}
		if busy(old.Path(e.Name(), "")) {
			return &BusyError{Run: e.Name(), Dir: old.Dir}
		}
		ours = append(ours, e.Name())
	}
	if len(ours) == 0 {
		return nil
	}
	to, err := OpenStore(state, c)
	if err == nil {
		err = makeDir(to.Dir)
	}
	for _, run := range ours {
		if err == nil {
			err = os.Rename(filepath.Join(old.Dir, run), filepath.Join(to.Dir, run))
		}
		if errors.Is(err, fs.ErrNotExist) { // another command has moved it
			err = nil
		}
	}
	if err == nil {
		err = errors.Join(syncDir(to.Dir), syncDir(old.Dir))
	}
	if err != nil {
		return fmt.Errorf("moving runs of an earlier version: %w", err)
	}
	_ = os.Remove(old.Dir) // unless others are left in it
	return nil
}

// BusyError is a run of an earlier version that is under way, so that it cannot
// be moved.
type BusyError struct{ Run, Dir string }

func (e *BusyError) Error() string {
	return fmt.Sprintf("run %s in %s is under way, of an earlier version of dcos-patch", e.Run, e.Dir)
}

// clusterOf is the id of the cluster that a run patches, as its plan or its
// journal says; empty when neither can be read.
func (s Store) clusterOf(run string) string {
	if f, err := os.Open(s.Path(run, JournalFile)); err == nil {
		defer f.Close()
		if e, err := first(f); err == nil && e.Plan != nil {
			return e.Plan.Cluster.ID
		}
	}
	b, err := os.ReadFile(s.Path(run, PlanFile))
	if err != nil {
		return ""
	}
	p, err := plan.Unmarshal(b)
	if err != nil {
		return ""
	}
	return p.Cluster.ID
}
