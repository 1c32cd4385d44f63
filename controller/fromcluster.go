package controller

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
	"github.com/dcos-patch/dcos-patch/steps"
)

// fromCluster makes a run of another machine one of this machine. What its
// controller did after the last copy is not known here; nodes know it, and are
// asked before anything is done to them.
func (c *Cluster) fromCluster(ctx context.Context, runs Runs, o ResumeOrder) (origin, error) {
	seen := patcher.Look(ctx, hosts{c.pool}, c.masters())
	if err := c.refuseForeign(seen); err != nil {
		return origin{}, err
	}
	for _, x := range seen {
		if l := x.Survey.Lock; l != nil { // its controller may live elsewhere
			return origin{}, &steps.LockedError{Node: x.Node, Holder: *l}
		}
	}
	all, silent := c.copiesOnMasters(ctx)
	run := o.Run
	if run == "" {
		run = lastChanged(all, len(c.masters())/2+1)
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
		c.cfg.tell(CopyUnused{n})
	}
	own, err := runs.local(run)
	if err != nil {
		return origin{}, err
	}
	best, err := believe(copies, runs.planHere(run, own), o.PlanID, len(c.masters()))
	if err != nil {
		return origin{}, err
	}
	if err := c.tellOthers(best.found, copies); err != nil {
		return origin{}, err
	}
	return c.accept(ctx, runs, best, own, all)
}

// planHere is this machine's own plan of a run, which outlives its journal; nil:
// it has none.
func (r Runs) planHere(run string, own *found) *plan.Plan {
	if own != nil {
		return own.state.Plan
	}
	p, err := ReadPlan(r.Path(run, journal.PlanFile))
	if err != nil {
		return nil
	}
	return p
}

// accept takes a believed copy over, unless this machine knows more, or the
// inventory here would have decided otherwise.
func (c *Cluster) accept(ctx context.Context, runs Runs, best believed, own *found, all []masterCopies) (origin, error) {
	run := best.state.Run
	if own != nil && own.state.Plan.Seal == best.state.Plan.Seal && !best.newer(own) {
		c.cfg.tell(CopyNotNewer{run})
		return origin{run: run}, nil
	}
	c.cfg.tell(CopyTaken{run, best.state.Seq, best.where, best.state.At})
	if blocks := plan.Deviations(best.state.Plan, c.inv); len(blocks) > 0 {
		return origin{}, plan.Refuse(blocks...)
	}
	script, tied, err := c.scriptOf(ctx, runs, best, all)
	if err != nil {
		return origin{}, err
	}
	from := origin{run, render.Origin{Copy: fmt.Sprintf("the copy of %s; %s", best.where, best.why), Script: fmt.Sprintf("SHA-256 %.12s, %s", best.state.Plan.Script.SHA256, tied)}}
	return from, runs.adopt(run, best.found, script)
}

// replaced is where a journal of this machine goes that a copy has overtaken.
const replaced = journal.JournalFile + ".replaced"

// adopt writes a run into this machine's store, the journal last.
func (r Runs) adopt(run string, f *found, script []byte) error {
	b, err := plan.Marshal(f.state.Plan)
	if err != nil {
		return err
	}
	if err := r.Store.Adopt(run); err != nil {
		return err
	}
	old, err := os.ReadFile(r.Store.Path(run, journal.JournalFile))
	if err == nil {
		err = r.Store.Write(run, replaced, old)
	} else if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, r.Store.Write(run, journal.PlanFile, b), r.Store.Write(run, journal.ScriptFile, script),
		r.Store.WriteFrom(run, journal.JournalFile, io.NewSectionReader(f.file, 0, f.whole)))
}
