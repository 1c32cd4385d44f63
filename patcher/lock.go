package patcher

import (
	"context"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// Lock is the cluster lock: a file made exclusively on a majority of the
// masters, with an epoch that every node program remembers. Time alone never
// takes it over.
type Lock struct {
	Nodes   Nodes
	Masters []inventory.NodeName
	Run     string
	Owner   string
	Cluster string // its id; epochs of another cluster are not counted

	// Known is the highest epoch that this controller's journal of the run
	// tells of: a later controller has left a higher one behind. 0: a new run.
	Known int
	// Handover means that the run comes from another machine: not even a lock
	// of this very run may be held, since its controller may live there.
	Handover bool
}

func (l *Lock) claimant() steps.Claimant {
	return steps.Claimant{Masters: l.Masters, Run: l.Run, Owner: l.Owner, Cluster: l.Cluster, Known: l.Known, Handover: l.Handover}
}

// Acquire takes the lock under a new epoch; see steps.Acquire. A run that holds it may
// acquire it again from the same machine, or with the journal that knows of it, which
// fences an earlier controller of the same run.
func (l *Lock) Acquire(ctx context.Context) (epoch int, err error) {
	m := steps.Acquire(l.claimant())
	if l.run(ctx, m); m.Err() != nil {
		return 0, m.Err()
	}
	return m.Epoch, nil
}

// Release gives the lock back on every master that can be reached. The error
// names those where it stays.
func (l *Lock) Release(ctx context.Context, epoch int) error {
	m := steps.Release(l.claimant(), epoch)
	l.run(ctx, m)
	return m.Err()
}

// Outdate raises the epoch before a lock is given back while a script may run, or
// be launched, on some nodes; see steps.Outdate. It gives the new epoch, under which
// the lock is to be released.
func (l *Lock) Outdate(ctx context.Context, epoch int, doubtful []inventory.NodeName) (int, error) {
	m := steps.Outdate(l.Masters, doubtful, epoch)
	l.run(ctx, m)
	return m.Epoch, m.Err
}

func (l *Lock) run(ctx context.Context, m steps.Machine) {
	of := plan.Task{Run: l.Run, Plan: &plan.Plan{Cluster: plan.ClusterRef{ID: l.Cluster}}}
	(&Patcher{Nodes: l.Nodes, Owner: l.Owner}).run(ctx, of, m, func(plan.Note) {})
}

// Held asks every master for the lock and the epoch, and changes nothing; see
// steps.Claimant.
func (l *Lock) Held(ctx context.Context, epoch int) error {
	return l.claimant().Held(Look(ctx, l.Nodes, l.Masters), epoch)
}
