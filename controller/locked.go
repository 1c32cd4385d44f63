package controller

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Holder is who holds the cluster lock, as a survey has seen it.
type Holder struct {
	Node       inventory.NodeName
	Run, Owner string
	beat       *plan.Duration
	goneHere   bool // it is a run of this machine, and its controller is gone
}

// HolderIn finds who holds the cluster lock; nil: nobody, as far as masters
// answer, or the lock is another cluster's, as a master says.
func HolderIn(inv *inventory.Cluster, facts plan.Facts) *Holder {
	if ofAnother(inv, facts) {
		return nil
	}
	var h *Holder
	for _, m := range inv.Masters {
		f := facts.Nodes[m.Name]
		switch {
		case f.LockRun == "" || h != nil && f.LockRun != h.Run:
		case h == nil:
			h = &Holder{m.Name, f.LockRun, f.LockOwner, f.LockBeat, false}
		case f.LockBeat != nil && (h.beat == nil || *f.LockBeat < *h.beat):
			h.beat = f.LockBeat
		}
	}
	return h
}

// HolderIn finds who holds the cluster lock, as the function does. A run that died on
// this machine before it touched anything does not: apply gives its lock back.
func (r Runs) HolderIn(inv *inventory.Cluster, facts plan.Facts) *Holder {
	h := HolderIn(inv, facts)
	if h == nil {
		return nil
	}
	if own := r.neverBegan(h.Run); own != nil {
		own.Close()
		return nil
	}
	h.goneHere = r.Has(h.Run) && !controlled(r.Store, h.Run)
	return h
}

// Since is what is known of when the run began and when its controller was
// last heard of.
func (h Holder) Since() string {
	text := ""
	if at, err := time.Parse(runNames, h.Run[:min(len(h.Run), len(runNames))]); err == nil {
		text = "begun, by its name, on " + at.Format("2 Jan at 15:04") + "; "
	}
	if h.beat == nil {
		return text + "no sign of life of its controller is known"
	}
	return text + fmt.Sprintf("its controller gave a sign of life %s ago", h.beat)
}

// runNames is how the names of runs begin (see journal.Store.NewRun).
const runNames = "0102-1504"

// Refused says that nothing can be done here while the run has the lock. What
// is wrong with the cluster meanwhile may be that run's doing: nobody is asked
// to lay hands on it.
func (h Holder) Refused() error {
	return plan.Instead(plan.Block{What: fmt.Sprintf("the cluster is locked by run %s of %s", node.Said(h.Run), node.Said(h.Owner)),
		Observed: fmt.Sprintf("%s holds its lock; %s", h.Node, h.Since()), Want: "nobody else at work; what is not well now may be a node that it is patching",
		Next: h.Advice()})
}

// refuseHeld refuses while a run holds the cluster lock, but for one of this
// machine that touched nothing: its lock is given back.
func (r Runs) refuseHeld(inv *inventory.Cluster, facts plan.Facts) error {
	if h := r.HolderIn(inv, facts); h != nil {
		return h.Refused()
	}
	return nil
}

// Advice is what can be done while it is held.
func (h Holder) Advice() advice.Text {
	if h.goneHere {
		return advice.Say("its controller is gone, and it is a run of this machine: ").Run("resume", "--run", h.Run).Say(" looks at the nodes first")
	}
	return heldAdvice(h.Run)
}
