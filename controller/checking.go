package controller

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Checked is what a check has found.
type Checked struct {
	Node     inventory.NodeName
	Findings []dcos.Finding
	Blocking []dcos.Finding // none: it is green
	Next     advice.Text    // about the first that blocks; nil: its own hint is all
}

// Check asks a node's gates once, and whether anything is under way on it.
func (c *Cluster) Check(ctx context.Context, name inventory.NodeName) (Checked, error) {
	k, err := c.checking(ctx, name)
	if err != nil {
		return Checked{}, err
	}
	return k.once(ctx)
}

// CheckUntil asks until all gates hold for as long as a run would demand.
func (c *Cluster) CheckUntil(ctx context.Context, name inventory.NodeName) (Checked, error) {
	k, err := c.checking(ctx, name)
	if err != nil {
		return Checked{}, err
	}
	return k.until(ctx)
}

func (c *Cluster) checking(ctx context.Context, name inventory.NodeName) (*checking, error) {
	n, ok := c.inv.Node(name)
	if !ok {
		return nil, invalid("there is no node %q in %s", name, c.inv.Source)
	}
	runs, err := c.runs()
	if err != nil {
		return nil, err
	}
	_, s, err := runs.Latest()
	if err != nil { // a run that cannot be read may be the node's own: a check that passes without it would say too much
		return nil, err
	}
	if t, ok := s.Verification(name); ok {
		return &checking{c, name, checks.SubjectOf(t.Plan), t}, nil
	}
	step := plan.Step{ID: plan.StepID("check/" + string(name)), Node: name, Action: plan.ActionPostflight, Gates: plan.VerifyGates(c.inv, n)}
	subject := c.subject(patcher.Survey(ctx, hosts{c.pool}, c.inv))
	return &checking{c, name, subject, plan.Task{Run: "check", Step: step, Attempt: 1}}, nil
}

// checking is one check of a node: of its verification in the newest run, if that has
// a baseline of it. Without one no run has patched it: no restart and no new Mesos is to be
// expected, and there is nothing that agents and tasks could be compared with.
type checking struct {
	*Cluster
	node    inventory.NodeName
	subject checks.Subject
	task    plan.Task
}

// once asks everything once. Of a node that cannot be reached every gate would
// say the same: it is one finding.
func (k *checking) once(ctx context.Context) (Checked, error) {
	if _, err := k.pool.Get(ctx, string(k.node)); err != nil && ctx.Err() == nil {
		next := Advice(err)
		f := dcos.Finding{Check: "connection", Node: string(k.node), Observed: err.Error(), Want: "an SSH connection to it", Hint: next.String()}
		return Checked{k.node, []dcos.Finding{f}, []dcos.Finding{f}, next}, nil
	}
	if err := k.refuseForeign(patcher.Look(ctx, hosts{k.pool}, []inventory.NodeName{k.node})); err != nil {
		return Checked{}, err
	}
	rest := k.rest(ctx)
	findings, err := k.checks(k.subject, k.task.Run).Check(ctx, k.task)
	return k.verdict(ctx, rest, findings, err)
}

// resting is whether nothing is under way on the node, and what to do if something is.
type resting struct {
	dcos.Finding
	next advice.Text // nil: the finding's own hint is all
}

func (k *checking) rest(ctx context.Context) resting {
	f, runs := patcher.AtRest(ctx, hosts{k.pool}, k.node)
	if !runs {
		return resting{Finding: f}
	}
	next := advice.Say("wait for its end: ").Run("check", string(k.node), "--wait").Say(", or resume the run that started it")
	f.Hint = next.String()
	return resting{f, next}
}

// until asks until everything holds, or a timeout ends: first that of the gates
// for the node to come to rest, then that of the gates.
func (k *checking) until(ctx context.Context) (Checked, error) {
	if err := k.refuseForeign(patcher.Look(ctx, hosts{k.pool}, []inventory.NodeName{k.node})); err != nil {
		return Checked{}, err
	}
	k.cfg.tell(CheckWaits{k.node, k.timeout()})
	if rest := k.comeToRest(ctx); rest.Status == dcos.Failed {
		return k.verdict(ctx, rest, nil, nil)
	}
	findings, err := k.checks(k.subject, k.task.Run).UntilTimeout().Await(ctx, k.task, k.news)
	return k.verdict(ctx, k.rest(ctx), findings, err)
}

// comeToRest waits for the end of what is under way on the node. What cannot
// be read is for the gates to tell, which know since when.
func (k *checking) comeToRest(ctx context.Context) resting {
	var last resting
	for end := time.Now().Add(k.timeout()); ; {
		f := k.rest(ctx)
		if f.Observed != last.Observed {
			k.news(f.Finding)
		}
		last = f
		if f.Status != dcos.Failed || !time.Now().Before(end) {
			return f
		}
		select {
		case <-time.After(scaled(pollScript, k.subject.TimeScale)):
		case <-ctx.Done():
			return f
		}
	}
}

// timeout is that of the gate with the longest.
func (k *checking) timeout() time.Duration {
	most := time.Duration(0)
	for _, g := range k.task.Step.Gates {
		most = max(most, g.Within.D())
	}
	return most
}

func (k *checking) news(f dcos.Finding) { k.cfg.tell(CheckChanged{f}) }

// verdict ends a check: every answer, and the first blocking fact.
func (k *checking) verdict(ctx context.Context, rest resting, findings []dcos.Finding, err error) (Checked, error) {
	var late *checks.GateError
	switch {
	case ctx.Err() != nil:
		return Checked{}, ctx.Err()
	case err != nil && !errors.As(err, &late):
		return Checked{}, err
	}
	if late != nil && late.Silent != nil { // which says why nothing is known of it
		return Checked{Node: k.node, Findings: late.Silent.Fold(findings), Blocking: late.Blocking()}, nil
	}
	findings = append([]dcos.Finding{rest.Finding}, findings...)
	blocking := slices.DeleteFunc(slices.Clone(findings), func(f dcos.Finding) bool { return f.Status.OK() })
	if late != nil && rest.Status.OK() { // green just now is not long enough
		blocking = late.Blocking()
	}
	done := Checked{Node: k.node, Findings: findings, Blocking: blocking}
	if !rest.Status.OK() { // it is the first that blocks
		done.Next = rest.next
	}
	return done, nil
}
