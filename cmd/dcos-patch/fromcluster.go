package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

// masterCopies are the copies of runs that one master holds.
type masterCopies struct {
	master inventory.NodeName
	nodes  patcher.Nodes
	files  []node.RunFile
}

func (m masterCopies) file(run, name string) (node.RunFile, bool) {
	for _, f := range m.files {
		if f.Run == run && f.Name == name {
			return f, true
		}
	}
	return node.RunFile{}, false
}

// found is a journal that may be gone on with.
type found struct {
	where string
	raw   []byte // whole lines
	began time.Time
	state orchestrator.State
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

// fromCluster makes a run of another machine one of this machine, and gives its
// name. What its controller did after the last copy is not known here; nodes
// know it, and are asked before anything is done to them.
func (a *app) fromCluster(ctx context.Context, s *session, store journal.Store, run string) (string, error) {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	for _, x := range patcher.Look(ctx, hosts{s.pool}, s.masters()) {
		if l := x.Survey.Lock; l != nil { // its controller may live elsewhere
			return "", &patcher.LockedError{Node: x.Node, Holder: *l}
		}
	}
	all, silent := s.copiesOnMasters(ctx)
	if run == "" {
		run = lastChanged(all)
	}
	var best *found
	notes := silent
	for _, m := range all {
		f, err := m.journal(ctx, run)
		if err != nil {
			notes = append(notes, err.Error())
		}
		if f.newer(best) {
			best = f
		}
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if best == nil {
		return "", refuse(plan.Block{What: "no master holds an intact copy of a run's journal", Observed: strings.Join(notes, "; "), Want: "one below /var/lib/dcos-patch/runs",
			Next: "dcos-patch resume on the machine where the run began, or dcos-patch apply"})
	}
	for _, n := range notes {
		fmt.Fprintf(a.err, "not used: %s\n", n)
	}
	own, err := local(store, run)
	if err != nil {
		return "", err
	}
	if !best.newer(own) {
		fmt.Fprintf(a.err, "the journal of run %s on this machine is as new as any copy\n", run)
		return run, nil
	}
	fmt.Fprintf(a.err, "run %s: %d events from %s, the last of %s\n", run, best.state.Seq, best.where, best.state.At.Local().Format(time.DateTime))
	return run, adopt(ctx, store, run, best, all)
}

// copiesOnMasters asks every master what it holds, and says who did not answer.
func (s *session) copiesOnMasters(ctx context.Context) (all []masterCopies, silent []string) {
	for _, m := range s.masters() {
		b, err := patcher.Ours(ctx, hosts{s.pool}, m)
		if err != nil {
			silent = append(silent, err.Error())
			continue
		}
		all = append(all, masterCopies{master: m, nodes: hosts{s.pool}, files: b.Files})
	}
	return all, silent
}

// lastChanged is the run whose journal grew last, each master going by its own
// clock; empty when there is none.
func lastChanged(all []masterCopies) string {
	run, least := "", time.Duration(0)
	for _, m := range all {
		for _, f := range m.files {
			if f.Name == journal.JournalFile && (run == "" || f.Age < least) {
				run, least = f.Run, f.Age
			}
		}
	}
	return run
}

// journal reads a master's copy of a run's journal and checks it; nil without
// an error means that it holds none.
func (m masterCopies) journal(ctx context.Context, run string) (*found, error) {
	f, ok := m.file(run, journal.JournalFile)
	if !ok {
		return nil, nil
	}
	raw, err := patcher.ReadCopy(ctx, m.nodes, m.master, f)
	if err != nil {
		return nil, err
	}
	return examine(string(m.master), run, raw)
}

// examine checks a journal's bytes. A torn end is fine.
func examine(where, run string, raw []byte) (*found, error) {
	events, whole, err := journal.Decode(where+":"+journal.JournalFile, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	s := orchestrator.Fold(events)
	if s.Plan == nil || s.Run != run {
		return nil, fmt.Errorf("%s: the journal of run %s does not begin with its plan", where, run)
	}
	if err := plan.Verify(s.Plan); err != nil {
		return nil, fmt.Errorf("%s: run %s: %w", where, run, err)
	}
	return &found{where: where, raw: raw[:whole], began: events[0].At, state: s}, nil
}

// local is this machine's own journal of the run, if it has one that can be
// read. Nobody else may be at work on it.
func local(store journal.Store, run string) (*found, error) {
	path := store.Path(run, journal.JournalFile)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	held, err := hold(store, run)
	if err != nil {
		return nil, err
	}
	defer held.Close()
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := examine(here, run, raw)
	if err != nil {
		return nil, nil // what it says is worth less than any copy
	}
	return f, nil
}

// replaced is where a journal of this machine goes that a copy has overtaken.
const replaced = journal.JournalFile + ".replaced"

// adopt writes a run into this machine's store, the journal last.
func adopt(ctx context.Context, store journal.Store, run string, f *found, all []masterCopies) error {
	script, err := scriptOf(ctx, store, run, f.state.Plan, all)
	if err != nil {
		return err
	}
	b, err := plan.Marshal(f.state.Plan)
	if err != nil {
		return err
	}
	if err := store.Adopt(run); err != nil {
		return err
	}
	old, err := os.ReadFile(store.Path(run, journal.JournalFile))
	if err == nil {
		err = store.Write(run, replaced, old)
	} else if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, store.Write(run, journal.PlanFile, b), store.Write(run, journal.ScriptFile, script), store.Write(run, journal.JournalFile, f.raw))
}

// scriptOf finds the run's script, by its hash, here or on a master.
func scriptOf(ctx context.Context, store journal.Store, run string, p *plan.Plan, all []masterCopies) ([]byte, error) {
	right := func(b []byte) bool {
		sum := sha256.Sum256(b)
		return hex.EncodeToString(sum[:]) == p.Script.SHA256
	}
	if b, err := os.ReadFile(store.Path(run, journal.ScriptFile)); err == nil && right(b) {
		return b, nil
	}
	var notes []string
	for _, m := range all {
		f, ok := m.file(run, journal.ScriptFile)
		if !ok {
			continue
		}
		b, err := patcher.ReadCopy(ctx, m.nodes, m.master, f)
		switch {
		case err != nil:
			notes = append(notes, err.Error())
		case right(b):
			return b, nil
		default:
			notes = append(notes, fmt.Sprintf("%s: its copy has another SHA-256", m.master))
		}
	}
	return nil, refuse(plan.Block{What: fmt.Sprintf("no master holds the script of run %s", run), Observed: strings.Join(notes, "; "), Want: "SHA-256 " + p.Script.SHA256,
		Next: "put it at " + store.Path(run, journal.ScriptFile) + " and try again"})
}
