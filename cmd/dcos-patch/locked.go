package main

import (
	"fmt"
	"io"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// holder is who holds the cluster lock, as a survey has seen it.
type holder struct {
	node       inventory.NodeName
	run, owner string
	beat       *plan.Duration
}

// holderIn finds who holds the cluster lock; nil: nobody, as far as masters
// answer.
func holderIn(inv *inventory.Cluster, facts plan.Facts) *holder {
	var h *holder
	for _, m := range inv.Masters {
		f := facts.Nodes[m.Name]
		switch {
		case f.LockRun == "" || h != nil && f.LockRun != h.run:
		case h == nil:
			h = &holder{m.Name, f.LockRun, f.LockOwner, f.LockBeat}
		case f.LockBeat != nil && (h.beat == nil || *f.LockBeat < *h.beat):
			h.beat = f.LockBeat
		}
	}
	return h
}

// since is what is known of when the run began and when its controller was
// last heard of.
func (h holder) since() string {
	text := ""
	if at, err := time.Parse(runNames, h.run[:min(len(h.run), len(runNames))]); err == nil {
		text = "begun, by its name, on " + at.Format("2 Jan at 15:04") + "; "
	}
	if h.beat == nil {
		return text + "no sign of life of its controller is known"
	}
	return text + fmt.Sprintf("its controller gave a sign of life %s ago", h.beat)
}

// runNames is how the names of runs begin (see journal.Store.NewRun).
const runNames = "0102-1504"

// refused says that nothing can be done here while the run has the lock. What
// is wrong with the cluster meanwhile may be that run's doing: nobody is asked
// to lay hands on it.
func (h holder) refused() error {
	return plan.Instead(plan.Block{What: fmt.Sprintf("the cluster is locked by run %s of %s", node.Said(h.run), node.Said(h.owner)),
		Observed: fmt.Sprintf("%s holds its lock; %s", h.node, h.since()), Want: "nobody else at work; what is not well now may be a node that it is patching",
		Next: lockedHint(h.run)})
}

// refuseHeld refuses while a run holds the cluster lock, but for one of this
// machine that touched nothing: its lock is given back.
func refuseHeld(store journal.Store, inv *inventory.Cluster, facts plan.Facts) error {
	h := holderIn(inv, facts)
	if h == nil || ofAnother(inv, facts) { // then the lock is not this cluster's
		return nil
	}
	if own := neverBegan(store, h.run); own != nil {
		return own.Close()
	}
	return h.refused()
}

// tellHeld says who holds the cluster lock, if anybody does: apply is refused
// for as long.
func (a *app) tellHeld(inv *inventory.Cluster, facts plan.Facts) bool {
	h := holderIn(inv, facts)
	if h == nil || ofAnother(inv, facts) {
		return false
	}
	io.WriteString(a.err, h.words(a.program()))
	return true
}

// words say who holds the lock, and what can be done.
func (h holder) words(p render.Program) string {
	var b lines
	b.say("dcos-patch: %s is locked by run %s (%s; %s): apply is refused as long as that is so, and what is not well may be a node that it is patching",
		h.node, node.Said(h.run), node.Said(h.owner), h.since())
	b.say("  next  %s", p.Text(lockedHint(h.run)))
	return b.String()
}
