package patcher

import (
	"context"
	"fmt"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/steps"
)

// Outdate raises the epoch before a lock is given back while a script may run, or
// be launched, on some nodes: whatever of the run is still on its way is refused
// from then on. It must succeed on every master that can be reached; a node in
// doubt that cannot be is left to the deadline of its launch. It gives the new
// epoch, under which the lock is to be released.
func (l *Lock) Outdate(ctx context.Context, epoch int, doubtful []inventory.NodeName) (int, error) {
	c := node.Claim{Epoch: epoch + 1, Run: l.Run, Owner: l.Owner, Cluster: l.Cluster}
	raise := func(name inventory.NodeName) error {
		h, err := bounded{l.Nodes}.Node(ctx, name)
		if err != nil {
			return err
		}
		within, cancel := context.WithTimeout(ctx, steps.AskTimeout)
		defer cancel()
		return node.Init(within, h, c)
	}
	errs := make([]error, len(l.Masters))
	each(l.Masters, func(i int, name inventory.NodeName) {
		if err := raise(name); err != nil {
			errs[i] = fmt.Errorf("%s: raising the epoch: %w", name, err)
		}
	})
	each(doubtful, func(_ int, name inventory.NodeName) { _ = raise(name) })
	return c.Epoch, together(errs...)
}
