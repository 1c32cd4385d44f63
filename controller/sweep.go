package controller

import (
	"context"
	"slices"

	"github.com/dcos-patch/dcos-patch/internal/fanout"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/sshexec"
	"github.com/dcos-patch/dcos-patch/steps"
)

// Swept is what a sweep has removed, or, of a dry one, would remove.
type Swept struct {
	Nodes  []SweptNode // in the inventory's order
	Probes *SweptNode  // frameworks of launch probes, at the leader; nil: there are none
}

// SweptNode is one node's part.
type SweptNode struct {
	Node  inventory.NodeName
	Paths []string
	Err   error // why it was not swept
}

// Missed is how many nodes, and the leader for its probes, were not swept.
func (s Swept) Missed() int {
	missed := 0
	for _, n := range s.Nodes {
		if n.Err != nil {
			missed++
		}
	}
	if s.Probes != nil && s.Probes.Err != nil {
		missed++
	}
	return missed
}

// Sweep removes what runs that are over have left on the nodes; a dry one only lists
// it. It refuses while a run has not ended.
func (c *Cluster) Sweep(ctx context.Context, dry bool) (Swept, error) {
	runs, err := c.runs()
	if err != nil {
		return Swept{}, err
	}
	w := &sweeper{Cluster: c, runs: runs}
	seen := w.look(ctx)
	if err := ctx.Err(); err != nil {
		return Swept{}, err
	}
	if err := c.refuseForeign(seen); err != nil {
		return Swept{}, err
	}
	claim, err := w.claim(ctx)
	if err != nil {
		return Swept{}, err
	}
	w.lookProbes(ctx)
	switch {
	case dry:
		for _, l := range w.all {
			l.removed = l.paths()
		}
		return w.swept(), nil
	case slices.ContainsFunc(w.all, (*leftovers).dirty) || len(w.probes.left) > 0:
		if err := w.clean(ctx, claim); err != nil {
			return Swept{}, err
		}
	}
	w.settle()
	return w.swept(), nil
}

func (w *sweeper) swept() Swept {
	var s Swept
	for _, l := range w.all {
		s.Nodes = append(s.Nodes, SweptNode{l.node, l.removed, l.err})
	}
	s.Probes = w.probes.swept()
	return s
}

// each calls f for every node that has answered so far, several at once.
func (w *sweeper) each(want func(*leftovers) bool, f func(*leftovers)) {
	var wanted []*leftovers
	for _, l := range w.all {
		if l.err == nil && want(l) {
			wanted = append(wanted, l)
		}
	}
	fanout.Each(sweepsAtOnce, wanted, func(_ int, l *leftovers) { f(l) })
}

// sweepsAtOnce bounds how many nodes are swept at the same time.
const sweepsAtOnce = 32

func anyNode(*leftovers) bool { return true }

// look asks every node what it is doing and what it has of ours.
func (w *sweeper) look(ctx context.Context) []steps.Sighting {
	seen := patcher.Look(ctx, hosts{w.pool}, w.names())
	for _, x := range seen {
		w.all = append(w.all, &leftovers{node: x.Node, survey: x.Survey, err: x.Err})
	}
	w.each(anyNode, func(l *leftovers) {
		l.belongs, l.err = patcher.Ours(ctx, hosts{w.pool}, l.node)
	})
	return seen
}

// clean takes the lock, sweeps the agents, and then the masters, each of which
// loses its lock with its last file.
func (w *sweeper) clean(ctx context.Context, lock *patcher.Lock) error {
	epoch, err := lock.Acquire(ctx)
	if err != nil {
		return err
	}
	claim := node.Claim{Epoch: epoch, Run: lock.Run, Owner: lock.Owner, Cluster: lock.Cluster}
	w.probes.remove(ctx)
	master := func(l *leftovers) bool { return slices.Contains(lock.Masters, l.node) }
	w.each(func(l *leftovers) bool { return !master(l) && l.dirty() }, func(l *leftovers) { w.sweepOne(ctx, l, claim) })
	w.each(master, func(l *leftovers) { w.sweepOne(ctx, l, claim) })
	var kept []inventory.NodeName
	for _, l := range w.all {
		if master(l) && l.err != nil {
			kept = append(kept, l.node)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	left := *lock
	left.Masters = kept
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseWithin)
	defer cancel()
	if err := left.Release(within, epoch); err != nil {
		w.cfg.tell(Trouble{err})
	}
	return nil
}

// sweepOne sweeps one node. Uploads belong to the login user, who removes them:
// root follows nobody into /tmp.
func (w *sweeper) sweepOne(ctx context.Context, l *leftovers, c node.Claim) {
	defer w.pool.Visit(string(l.node))()
	h, err := hosts{w.pool}.Node(ctx, l.node)
	for _, dir := range l.uploads() {
		if err == nil {
			_, err = h.Run(ctx, sshexec.Cmd{Argv: []string{"rm", "-rf", dir}})
		}
		if err == nil {
			l.removed = append(l.removed, dir)
		}
	}
	if err == nil {
		var more []string
		more, err = node.Sweep(ctx, h, c)
		l.removed = append(l.removed, more...)
	}
	l.err = err
}
