package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

// fromCluster makes a run of another machine one of this machine. What its
// controller did after the last copy is not known here; nodes know it, and are
// asked before anything is done to them.
func (a *app) fromCluster(ctx context.Context, s *session, store journal.Store, f resumeFlags) (origin, error) {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	seen := patcher.Look(ctx, hosts{s.pool}, s.masters())
	if err := s.refuseForeign(seen); err != nil {
		return origin{}, err
	}
	for _, x := range seen {
		if l := x.Survey.Lock; l != nil { // its controller may live elsewhere
			return origin{}, &patcher.LockedError{Node: x.Node, Holder: *l}
		}
	}
	all, silent := s.copiesOnMasters(ctx)
	run := f.run
	if run == "" {
		run = lastChanged(all, len(s.masters())/2+1)
	}
	copies, notes := journals(ctx, all, run)
	defer func() {
		for _, f := range copies {
			f.close()
		}
	}()
	notes = append(silent, notes...)
	if err := ctx.Err(); err != nil {
		return origin{}, err
	}
	if len(copies) == 0 {
		return origin{}, plan.Instead(plan.Block{What: "no master holds an intact copy of a run's journal", Observed: strings.Join(notes, "; "), Want: "one below /var/lib/dcos-patch/runs",
			Next: advice.Run("resume").Say(" on the machine where the run began, or ").Run("apply")})
	}
	for _, n := range notes {
		say(a.err, "not used: %s", n)
	}
	own, err := local(store, run)
	if err != nil {
		return origin{}, err
	}
	best, err := believe(copies, planHere(store, run, own), f.planID, len(s.masters()))
	if err != nil {
		return origin{}, err
	}
	if err := a.tellOthers(best.found, copies); err != nil {
		return origin{}, err
	}
	return a.accept(ctx, s, store, best, own, all)
}

// planHere is this machine's own plan of a run, which outlives its journal; nil:
// it has none.
func planHere(store journal.Store, run string, own *found) *plan.Plan {
	if own != nil {
		return own.state.Plan
	}
	p, err := readPlan(store.Path(run, journal.PlanFile))
	if err != nil {
		return nil
	}
	return p
}

// accept takes a believed copy over, unless this machine knows more, or the
// inventory here would have decided otherwise.
func (a *app) accept(ctx context.Context, s *session, store journal.Store, best believed, own *found, all []masterCopies) (origin, error) {
	run := best.state.Run
	if own != nil && own.state.Plan.Seal == best.state.Plan.Seal && !best.newer(own) {
		fmt.Fprintf(a.err, "the journal of run %s on this machine is as new as any copy\n", run)
		return origin{run: run}, nil
	}
	say(a.err, "run %s: %d events from %s, the last of %s", run, best.state.Seq, best.where, best.state.At.Local().Format(time.DateTime))
	if blocks := plan.Deviations(best.state.Plan, s.inv); len(blocks) > 0 {
		return origin{}, plan.Refuse(blocks...)
	}
	script, tied, err := s.scriptOf(ctx, store, best, all)
	if err != nil {
		return origin{}, err
	}
	from := origin{run: run, copy: fmt.Sprintf("the copy of %s; %s", best.where, best.why), script: fmt.Sprintf("SHA-256 %.12s, %s", best.state.Plan.Script.SHA256, tied)}
	return from, adopt(store, run, best.found, script)
}

// origin says whence a run was taken; only its name, when it was here before.
type origin struct {
	run, copy, script string
}

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

// replaced is where a journal of this machine goes that a copy has overtaken.
const replaced = journal.JournalFile + ".replaced"

// adopt writes a run into this machine's store, the journal last.
func adopt(store journal.Store, run string, f *found, script []byte) error {
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
