package controller

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/patcher"
)

// journals reads the copies of a run's journal, and says of each that is not
// used why.
func journals(ctx context.Context, all []masterCopies, run string) (copies []*found, notes []string) {
	for _, m := range all {
		f, err := m.journal(ctx, run)
		if err != nil {
			notes = append(notes, err.Error())
		}
		if f != nil {
			copies = append(copies, f)
		}
	}
	return copies, notes
}

// copiesOnMasters asks every master what it holds, and says who did not answer.
func (c *Cluster) copiesOnMasters(ctx context.Context) (all []masterCopies, silent []string) {
	for _, m := range c.masters() {
		b, err := patcher.Ours(ctx, hosts{c.pool}, m)
		if err != nil {
			silent = append(silent, err.Error())
			continue
		}
		all = append(all, masterCopies{master: m, nodes: hosts{c.pool}, files: b.Files, longest: longestLine(len(c.names()))})
	}
	return all, silent
}

// lastChanged is the run whose journal grew last, each master going by its own
// clock; empty when there is none. So many masters must say so: one alone could
// name any run. Only where no run is held by so many, one is enough.
func lastChanged(all []masterCopies, need int) string {
	ages := map[string][]time.Duration{}
	for _, m := range all {
		for _, f := range m.files {
			if f.Name == journal.JournalFile && journal.IsRunName(f.Run) {
				ages[f.Run] = append(ages[f.Run], f.Age)
			}
		}
	}
	for n := need; n > 0; n-- {
		run, least := "", time.Duration(0)
		for _, name := range slices.Sorted(maps.Keys(ages)) {
			if of := slices.Sorted(slices.Values(ages[name])); len(of) >= n && (run == "" || of[n-1] < least) {
				run, least = name, of[n-1]
			}
		}
		if run != "" {
			return run
		}
	}
	return ""
}

// masterCopies are the copies of runs that one master holds.
type masterCopies struct {
	master inventory.NodeName
	nodes  patcher.Nodes
	files  []node.RunFile

	longest journal.Longest // lines
}

func (m masterCopies) file(run, name string) (node.RunFile, bool) {
	for _, f := range m.files {
		if f.Run == run && f.Name == name {
			return f, true
		}
	}
	return node.RunFile{}, false
}

// longestLine is what a line of a copy may have: more than any run of so many
// nodes writes.
func longestLine(nodes int) journal.Longest {
	return journal.Longest{First: 128<<10 + nodes<<14, Further: 256 << 10}
}
