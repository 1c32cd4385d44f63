package patcher

import (
	"context"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// maxAnswer is what one answer of the node program may have. The longest
// real one has some 50 kB.
const maxAnswer = 256 << 10

// thrifty is a node of which no answer is kept beyond maxAnswer.
type thrifty struct{ Host }

func (t thrifty) Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	if c.Limit <= 0 || c.Limit > maxAnswer {
		c.Limit = maxAnswer
	}
	return t.Host.Run(ctx, c)
}

// bounded are nodes that may lie, at any length.
type bounded struct{ Nodes }

func (b bounded) Node(ctx context.Context, name inventory.NodeName) (Host, error) {
	h, err := b.Nodes.Node(ctx, name)
	if err != nil {
		return nil, err
	}
	return thrifty{h}, nil
}
