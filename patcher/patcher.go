package patcher

import (
	"context"
	"encoding/json"
	"net"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
	"github.com/dcos-patch/dcos-patch/steps"
)

// Host is one node as the patcher needs it; *sshexec.Conn is one. Safe for
// concurrent use; errors are those of package sshexec.
type Host interface {
	node.Host
	Put(ctx context.Context, f sshexec.PutFile) error
	DialContext(ctx context.Context, network, addr string) (net.Conn, error)
}

// Nodes gives the kept connection to a node, or dials it.
type Nodes interface {
	Node(ctx context.Context, name inventory.NodeName) (Host, error)

	// Visit begins a visit to a node: what is asked of it is finished when leave is
	// called, and the connection may be ended then to make room for others.
	Visit(name inventory.NodeName) (leave func())
}

// Gates is what the patcher asks of package checks; *checks.Cluster is one.
type Gates interface {
	Baseline(ctx context.Context, name inventory.NodeName) (json.RawMessage, error)
	Await(ctx context.Context, t plan.Task, note func(dcos.Finding)) ([]dcos.Finding, error)
	Away(ctx context.Context, name inventory.NodeName) (checks.Away, error)
	LastAway(name inventory.NodeName) checks.Away
	Observe(ctx context.Context, ask plan.Ask) plan.Observation
}

// Leaders finds the master that leads; *checks.Cluster is one. Safe for
// concurrent use.
type Leaders interface {
	Lead(ctx context.Context) (checks.Lead, error)
}

// Patcher carries out steps. It is the engine's Actor and keeps nothing
// between calls: what happened is on the nodes and in the journal. Safe for
// concurrent use, on different nodes.
type Patcher struct {
	Nodes   Nodes
	Gates   Gates
	Leaders Leaders       // asked by launch probes only
	Script  []byte        // the pinned node patch script; its SHA-256 is the plan's
	Owner   string        // who and where, for receipts and the lock
	Poll    time.Duration // pause between two looks at a running script
}

// Do performs a step, or adopts it when it runs on the node already.
func (p *Patcher) Do(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	if t.Step.Node != "" {
		defer p.Nodes.Visit(t.Step.Node)()
	}
	return p.run(ctx, t, steps.Do(t, p.Poll), note)
}

// Reconcile finds out how a patch in doubt has ended; see steps.Reconcile.
func (p *Patcher) Reconcile(ctx context.Context, t plan.Task) plan.Report {
	if t.Step.Node != "" {
		defer p.Nodes.Visit(t.Step.Node)()
	}
	return p.run(ctx, t, steps.Reconcile(t, p.Poll), func(plan.Note) {})
}

// Undo takes a temporary change of the run back. It is what a step does at its own
// end, and is done again where that failed.
func (p *Patcher) Undo(ctx context.Context, u plan.Undoing) plan.Report {
	t := plan.Task{Plan: u.Plan, Run: u.Run, Epoch: u.Epoch, Step: plan.Step{Node: u.Node}}
	return p.run(ctx, t, steps.Undo(t, u.Kind, p.Poll), func(plan.Note) {})
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
