package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

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
			best, f = f, best
		}
		f.close()
	}
	defer best.close()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if best == nil {
		return "", instead(plan.Block{What: "no master holds an intact copy of a run's journal", Observed: strings.Join(notes, "; "), Want: "one below /var/lib/dcos-patch/runs",
			Next: "dcos-patch resume on the machine where the run began, or dcos-patch apply"})
	}
	for _, n := range notes {
		say(a.err, "not used: %s", n)
	}
	own, err := local(store, run)
	if err != nil {
		return "", err
	}
	if !best.newer(own) {
		fmt.Fprintf(a.err, "the journal of run %s on this machine is as new as any copy\n", run)
		return run, nil
	}
	say(a.err, "run %s: %d events from %s, the last of %s", run, best.state.Seq, best.where, best.state.At.Local().Format(time.DateTime))
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
		all = append(all, masterCopies{master: m, nodes: hosts{s.pool}, files: b.Files, longest: longestLine(len(s.names()))})
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
	return errors.Join(err, store.Write(run, journal.PlanFile, b), store.Write(run, journal.ScriptFile, script),
		store.WriteFrom(run, journal.JournalFile, io.NewSectionReader(f.file, 0, f.whole)))
}

// scriptMost is what a script may have; one that is fetched has no more.
const scriptMost = 1 << 20

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
		var b bytes.Buffer
		if f.Bytes > scriptMost {
			notes = append(notes, fmt.Sprintf("%s: its copy has %d bytes", m.master, f.Bytes))
			continue
		}
		err := patcher.ReadCopy(ctx, m.nodes, m.master, f, &b)
		switch {
		case err != nil:
			notes = append(notes, err.Error())
		case right(b.Bytes()):
			return b.Bytes(), nil
		default:
			notes = append(notes, fmt.Sprintf("%s: its copy has another SHA-256", m.master))
		}
	}
	return nil, refuse(plan.Block{What: fmt.Sprintf("no master holds the script of run %s", run), Observed: strings.Join(notes, "; "), Want: "SHA-256 " + p.Script.SHA256,
		Next: "put it at " + store.Path(run, journal.ScriptFile) + " and try again"})
}
