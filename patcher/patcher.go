package patcher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
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
	switch t.Step.Action {
	case plan.ActionPreflight:
		return p.preflight(ctx, t, note)
	case plan.ActionStage:
		return p.stage(ctx, t)
	case plan.ActionBaseline:
		return p.baseline(ctx, t, note)
	case plan.ActionPatch:
		if t.Remedy == plan.FinishSwap {
			return p.finishSwap(ctx, t, note)
		}
		return p.patch(ctx, t, note)
	case plan.ActionReturn, plan.ActionServe:
		return p.verify(ctx, t, note)
	case plan.ActionDeferred:
		return p.deferred(ctx, t, note)
	case plan.ActionProbe:
		return p.probe(ctx, t, note)
	case plan.ActionSettle, plan.ActionBake:
		return p.settle(ctx, t, note)
	case plan.ActionPostflight:
		return p.postflight(ctx, t, note)
	default:
		return plan.Report{Outcome: plan.Failed, Detail: fmt.Sprintf("this version cannot do %q", t.Step.Action)}
	}
}

// Reconcile finds out how a patch in doubt has ended. It changes nothing but
// our own record: an attempt that has not begun is called off, and so is a call to
// finish its swap.
func (p *Patcher) Reconcile(ctx context.Context, t plan.Task) plan.Report {
	if t.Step.Node != "" {
		defer p.Nodes.Visit(t.Step.Node)()
	}
	switch t.Step.Action.Spec().Reconcile {
	case plan.DoAgain:
		return plan.Report{Outcome: plan.NotRun, Detail: "changes nothing, so it is done again"}
	case plan.ByReceipt:
		rep, err := p.found(ctx, t)
		if err != nil {
			return inDoubt(t, err)
		}
		return rep
	default:
		return inDoubt(t, errors.New("this version does not know how to find out"))
	}
}

// found is how a patch has ended, as the node says. A call of finish-swap that is
// at work on a cut swap is waited for.
func (p *Patcher) found(ctx context.Context, t plan.Task) (plan.Report, error) {
	rep, err := p.settled(ctx, t, 0)
	if err != nil || rep.Outcome != plan.Failed || rep.Class != plan.MidSwap && rep.Class != plan.NotStarted {
		return rep, err
	}
	ctx, cancel := within(ctx, t.Step.Timeout)
	defer cancel()
	return p.atRest(ctx, t, func(plan.Note) {})
}

// Undo takes a temporary change of the run back. It is what a step does at its own
// end, and is done again where that failed.
func (p *Patcher) Undo(ctx context.Context, u plan.Undoing) plan.Report {
	var err error
	switch n, _ := u.Plan.Node(u.Node); u.Kind {
	case plan.OwesProbe:
		err = (&prober{p: p, node: n, name: ProbeName{Run: u.Run, Node: n.Name, Epoch: u.Epoch}}).undo(ctx)
	default:
		err = fmt.Errorf("this version cannot undo %q", u.Kind)
	}
	if err != nil {
		return plan.Report{Outcome: plan.InDoubt, Detail: err.Error()}
	}
	return plan.Report{Outcome: plan.Done}
}

// verify waits for the gates of the step. An agent that has been away for most
// of what Mesos allows asks that no other be taken meanwhile.
func (p *Patcher) verify(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	h := hold{node: t.Step.Node}
	findings, err := p.Gates.Await(ctx, t, func(f dcos.Finding) {
		note(plan.Note{Finding: &f})
		if f.Hint != "" {
			h.hint = f.Hint
		}
		if t.Step.Asks("registered") {
			h.see(p.Gates.LastAway(t.Step.Node), note)
		}
	})
	switch {
	case err == nil:
		return plan.Report{Outcome: plan.Done, Findings: findings}
	case ctx.Err() != nil:
		return plan.Report{Outcome: plan.InDoubt, Detail: "stopped watching", Findings: findings}
	default:
		r := plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: err.Error(), Findings: findings}
		if late := (*checks.GateError)(nil); errors.As(err, &late) {
			r.Silent = late.Silent
		}
		return r
	}
}

// claim is the run's right to change the node.
func (p *Patcher) claim(t plan.Task) node.Claim {
	return node.Claim{Epoch: t.Epoch, Run: t.Run, Owner: p.Owner, Cluster: t.Plan.Cluster.ID}
}

func inDoubt(t plan.Task, err error) plan.Report {
	return plan.Report{Outcome: plan.InDoubt, Detail: fmt.Sprintf("nobody knows how %s ended: %v", t.Step.ID, err)}
}

// within bounds ctx by a step's timeout; 0 means the caller's patience.
func within(ctx context.Context, d plan.Duration) (context.Context, context.CancelFunc) {
	if d <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d.D())
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
