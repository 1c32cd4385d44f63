package controller

import (
	"context"
	"errors"
	"slices"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// probers and hosts are the pool as packages checks and patcher see it.
type (
	probers struct{ pool *sshexec.Pool }
	hosts   struct{ pool *sshexec.Pool }
)

func (p probers) Node(ctx context.Context, name inventory.NodeName) (checks.Prober, error) {
	return p.pool.Get(ctx, string(name))
}

func (h hosts) Node(ctx context.Context, name inventory.NodeName) (patcher.Host, error) {
	return h.pool.Get(ctx, string(name))
}

// Visit lets the pool end the connection after a visit.
func (h hosts) Visit(name inventory.NodeName) (leave func()) { return h.pool.Visit(string(name)) }

// surveyedNodes are the nodes as a look right after a survey sees them: to
// which there was no way a moment ago, there is none.
type surveyedNodes struct {
	probers
	facts plan.Facts
}

func (s surveyedNodes) Node(ctx context.Context, name inventory.NodeName) (checks.Prober, error) {
	unreachable := []string{"dial", "auth", "agent", "algorithms", "host-key", "host-key-changed", "host-key-unknown"}
	if f := s.facts.Nodes[name]; slices.Contains(unreachable, f.Kind) {
		return nil, errors.New(f.Err)
	}
	return s.probers.Node(ctx, name)
}
