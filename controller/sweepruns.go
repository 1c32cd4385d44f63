package controller

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// claim judges whether the cluster may be swept, and gives the lock to do it
// under: that of a run that is done and left it, or one of the sweep's own.
func (w *sweeper) claim(ctx context.Context) (*patcher.Lock, error) {
	var blocks []plan.Block
	for _, l := range w.all {
		if busy := (steps.Sighting{Survey: l.survey}).Busy(); busy != "" {
			blocks = append(blocks, plan.Block{Node: l.node, What: "a patch is running", Observed: busy, Next: advice.Say("wait for its end")})
		}
	}
	if len(blocks) > 0 {
		return nil, plan.Refuse(blocks...)
	}
	known, err := w.known(ctx)
	if err != nil {
		return nil, err
	}
	newest := newestOf(known)
	if newest != nil && !newest.state.Over() {
		return nil, plan.Refuse(w.unended(newest))
	}
	lock := w.lock("sweep-" + time.Now().Format("0102-150405"))
	for _, l := range w.all {
		h := l.survey.Lock
		switch {
		case h == nil:
		case w.leftBehind(known, h.Run):
			lock.Run, lock.Known = h.Run, max(lock.Known, h.Epoch)
		default:
			return nil, &steps.LockedError{Node: l.node, Holder: *h}
		}
	}
	return lock, nil
}

// unended says whose turn it is while a run has not ended: of one that began
// elsewhere nobody here knows whether its controller lives.
func (w *sweeper) unended(f *found) plan.Block {
	run := f.state.Run
	b := plan.Block{What: fmt.Sprintf("run %s has not ended", node.Said(run)), Observed: w.runs.view(run, f.state).Word, Want: "every run over", Next: advice.Run("resume", "--run", run)}
	if f.where == here {
		return b
	}
	b.Observed = f.state.Word() + ", as " + f.where + " says"
	b.Next = resumeThere(run)
	for _, l := range w.all {
		if h := l.survey.Lock; h != nil && h.Run == run {
			b.Observed += "; locked by " + node.Said(h.Owner)
			b.Next = advice.Say("somebody may be at it: wait for its end; only if its controller is gone, ").Run("lock", "break", "--reason", "WHY").Say(", then ").And(b.Next)
			break
		}
	}
	return b
}

// leftBehind reports whether a run that holds the lock has no use for it.
func (w *sweeper) leftBehind(runs map[string]*found, run string) bool {
	if f := runs[run]; f != nil && f.state.Plan != nil {
		return f.state.Over()
	}
	held := w.runs.neverBegan(run)
	if held == nil {
		return false
	}
	held.Close()
	return true
}

func newestOf(runs map[string]*found) *found {
	var newest *found
	for _, name := range slices.Sorted(maps.Keys(runs)) {
		if f := runs[name]; newest == nil || f.began.After(newest.began) {
			newest = f
		}
	}
	return newest
}

// known gives the last word of every run that this machine or a master knows. A
// copy that is damaged, or is of another cluster, speaks for no run; one that could
// not be read is an error, since it may be of a run that goes on. That a
// run is over is believed of this machine or of a majority of the masters.
func (w *sweeper) known(ctx context.Context) (map[string]*found, error) {
	runs := map[string]*found{}
	names, err := w.runs.Runs()
	if err != nil {
		return nil, err
	}
	for _, run := range names {
		f, err := w.runs.local(run)
		if err != nil {
			return nil, err
		}
		if f != nil {
			runs[run] = f
		}
	}
	all, names := w.copied()
	for _, run := range names {
		if have := runs[run]; have != nil && have.state.Over() {
			continue
		}
		f, err := w.lastWord(ctx, all, run)
		var unread *unreadError
		if errors.As(err, &unread) {
			return nil, err
		}
		if err == nil && f.newer(runs[run]) {
			runs[run] = f
		}
	}
	return runs, ctx.Err()
}

// copied is what the masters hold, and of which runs.
func (w *sweeper) copied() (all []masterCopies, runs []string) {
	for _, l := range w.all {
		if l.err == nil && w.isMaster(l.node) {
			all = append(all, masterCopies{master: l.node, nodes: hosts{w.pool}, files: l.belongs.Files, longest: longestLine(len(w.names()))})
			runs = append(runs, l.belongs.Runs...)
		}
	}
	slices.Sort(runs)
	return all, slices.Compact(runs)
}

// lastWord is the newest copy of a run; nil when there is none of this cluster.
func (w *sweeper) lastWord(ctx context.Context, all []masterCopies, run string) (*found, error) {
	var copies []*found
	defer func() {
		for _, f := range copies {
			f.close()
		}
	}()
	var best *found
	for _, m := range all {
		f, err := m.journal(ctx, run)
		var unread *unreadError
		if errors.As(err, &unread) {
			return nil, fmt.Errorf("run %s: %w", run, err)
		}
		if f == nil {
			continue
		}
		copies = append(copies, f)
		if f.state.Plan.Cluster.ID == cmp.Or(w.inv.ID, f.state.Plan.Cluster.ID) && f.newer(best) {
			best = f
		}
	}
	if best == nil {
		return nil, nil
	}
	return unended(best, copies, len(w.inv.Masters)/2+1)
}

// settle records in this machine's journals what is owed no more. That it
// cannot be written costs nothing but a line in status.
func (w *sweeper) settle() {
	var clean []inventory.NodeName
	for _, l := range w.all {
		if l.err == nil {
			clean = append(clean, l.node)
		}
	}
	names, err := w.runs.Runs()
	if err != nil {
		return
	}
	for _, run := range names {
		_ = w.settleRun(run, clean)
	}
}

func (w *sweeper) settleRun(run string, clean []inventory.NodeName) error {
	own, err := w.runs.take(run)
	if err != nil {
		return err
	}
	defer own.release()
	s := own.state
	for _, o := range s.Obligations() {
		done := slices.DeleteFunc(slices.Clone(o.Nodes), func(n inventory.NodeName) bool { return !slices.Contains(clean, n) })
		if o.ID.Spec().AtLeader {
			done = o.Nodes
			if w.probes.err != nil {
				continue
			}
		}
		if len(done) == 0 {
			continue
		}
		e := journal.Event{Seq: s.Seq + 1, At: time.Now(), Kind: journal.ObligationClosed, Obligation: &journal.Obligation{ID: o.ID, Nodes: done}}
		if err := own.file.Record(e); err != nil {
			return err
		}
		s, _ = orchestrator.Next(s, e)
	}
	return nil
}
