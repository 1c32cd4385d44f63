package patcher

import (
	"context"
	"errors"
	"fmt"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
)

// CopyRun copies a file of the run (the plan, the journal) to every master, so
// that the run can go on from another machine. The error names the masters
// that do not have it; the run itself does not depend on it.
func CopyRun(ctx context.Context, nodes Nodes, masters []inventory.NodeName, run, file string, content []byte) error {
	var errs []error
	for _, m := range masters {
		h, err := nodes.Node(ctx, m)
		if err == nil {
			err = put(ctx, h, node.RunPath(run, file), content)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s has no copy of %s: %w", m, file, err))
		}
	}
	return errors.Join(errs...)
}
