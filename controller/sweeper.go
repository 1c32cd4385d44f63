package controller

import (
	"path"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
)

// sweeper is one sweep under way.
type sweeper struct {
	*Cluster
	runs Runs
	all  []*leftovers // by node, in the inventory's order

	probes probes
}

// leftovers is what one node has of ours.
type leftovers struct {
	node    inventory.NodeName
	survey  node.Survey
	belongs node.Belongings
	removed []string
	err     error
}

// staleAfter is how old an upload must be: others may be under way that need no
// lock.
const staleAfter = 10 * time.Minute

func (l *leftovers) uploads() []string {
	var stale []string
	for _, u := range l.belongs.Uploads {
		if u.Age >= staleAfter {
			stale = append(stale, u.Path)
		}
	}
	return stale
}

// dirty reports whether there is anything to remove.
func (l *leftovers) dirty() bool {
	b := l.belongs
	return l.err == nil && (l.survey.Lock != nil || len(b.Programs)+len(b.Scripts)+len(b.Runs)+len(l.uploads()) > 0)
}

// paths are those that a sweep would remove.
func (l *leftovers) paths() []string {
	paths := l.uploads()
	for _, s := range l.belongs.Scripts {
		paths = append(paths, node.ScriptPath(s))
	}
	for _, f := range l.belongs.Files {
		if slices.Contains([]string{journal.PlanFile, journal.JournalFile, journal.ScriptFile}, f.Name) {
			paths = append(paths, node.RunPath(f.Run, f.Name))
		}
	}
	for _, p := range l.belongs.Programs {
		paths = append(paths, path.Join(node.Dir, "bin", p))
	}
	if l.survey.Lock != nil {
		paths = append(paths, path.Join(node.Dir, "lock"))
	}
	return paths
}
