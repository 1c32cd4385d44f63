package controller

import (
	"context"
	"errors"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// fencedHosts are the nodes as a run sees them: the first of them that refuses
// the run's epoch ends it, wherever the refusal comes from. Another controller
// has the run then, and what this one believes is old.
type fencedHosts struct {
	patcher.Nodes
	lose context.CancelCauseFunc // of the run's context
}

func (f fencedHosts) Node(ctx context.Context, name inventory.NodeName) (patcher.Host, error) {
	h, err := f.Nodes.Node(ctx, name)
	if err != nil {
		return nil, err
	}
	return fencedHost{h, f.lose}, nil
}

type fencedHost struct {
	patcher.Host
	lose context.CancelCauseFunc
}

func (h fencedHost) Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	res, err := h.Host.Run(ctx, c)
	h.heed(err)
	return res, err
}

func (h fencedHost) Put(ctx context.Context, f sshexec.PutFile) error {
	err := h.Host.Put(ctx, f)
	h.heed(err)
	return err
}

func (h fencedHost) heed(err error) {
	var refused *node.RefusedError
	if errors.As(node.Refusal(err), &refused) && refused.Word == node.RefusedEpoch {
		h.lose(&orchestrator.TakenOverError{Detail: refused.Error()})
	}
}
