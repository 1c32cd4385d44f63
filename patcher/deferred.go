package patcher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// before is how each master was before the first of them was touched.
type before map[inventory.NodeName]json.RawMessage

// preflight waits for one green look at the cluster. Where something of the
// masters is deferred until all are done, it records how they are now: their
// lanes' own baselines are taken when others may be red already because of us.
func (p *Patcher) preflight(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	_, rep := p.green(ctx, t, note)
	if rep.Outcome != plan.Done || !slices.ContainsFunc(t.Plan.Stages, func(s plan.Stage) bool { return s.Kind == plan.StageDeferred }) {
		return rep
	}
	evidence, err := p.mastersBefore(ctx, t, note)
	switch {
	case ctx.Err() != nil:
		return plan.Report{Outcome: plan.InDoubt, Detail: "stopped watching"}
	case err != nil:
		return plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Findings: rep.Findings, Detail: "no baseline of the masters, so nothing was started: " + err.Error()}
	}
	rep.Evidence = evidence
	return rep
}

func (p *Patcher) mastersBefore(ctx context.Context, t plan.Task, note func(plan.Note)) (json.RawMessage, error) {
	masters := nodesOf(t.Plan.Deferred(t.Step))
	bases, errs := make([]json.RawMessage, len(masters)), make([]error, len(masters))
	var one sync.Mutex
	each(masters, func(i int, m inventory.NodeName) {
		of := t
		of.Step.Node = m
		rep := p.run(ctx, of, steps.TakeBaselineOf(of, p.Poll), func(n plan.Note) {
			one.Lock()
			defer one.Unlock()
			note(n)
		})
		if bases[i] = rep.Evidence; rep.Outcome != plan.Done {
			errs[i] = errors.New(rep.Detail)
		}
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	all := before{}
	for i, m := range masters {
		all[m] = bases[i]
	}
	return json.Marshal(all)
}

// deferred asks all patched masters, side by side, for what they were allowed
// to be red in until now: only what was red before the first was touched may
// stay so.
func (p *Patcher) deferred(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	var all before
	if err := json.Unmarshal(t.Baseline, &all); err != nil {
		return plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: "how the masters were before is not known, so what was deferred cannot be judged: " + err.Error()}
	}
	steps := t.Plan.Deferred(t.Step)
	findings, errs := make([][]dcos.Finding, len(steps)), make([]error, len(steps))
	var one sync.Mutex
	each(nodesOf(steps), func(i int, m inventory.NodeName) {
		of := t
		of.Step, of.Baseline = steps[i], all[m]
		findings[i], errs[i] = p.Gates.Await(ctx, of, func(f dcos.Finding) {
			f.Check += " " + string(m) // each has the same gates
			one.Lock()
			defer one.Unlock()
			note(plan.Note{Finding: &f})
		})
	})
	switch err := errors.Join(errs...); {
	case err == nil:
		return plan.Report{Outcome: plan.Done, Findings: slices.Concat(findings...), Detail: "nothing is red on the masters that was not red before"}
	case ctx.Err() != nil:
		return plan.Report{Outcome: plan.InDoubt, Detail: "stopped watching"}
	default:
		bad := slices.DeleteFunc(slices.Concat(findings...), func(f dcos.Finding) bool { return f.Status.OK() && f.Have >= f.Need })
		return plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Findings: bad,
			Detail: fmt.Sprintf("the masters are done, and red all the same: %s", strings.ReplaceAll(err.Error(), "\n", "; "))}
	}
}

// nodesOf are the nodes of steps.
func nodesOf(steps []plan.Step) []inventory.NodeName {
	names := make([]inventory.NodeName, len(steps))
	for i, s := range steps {
		names[i] = s.Node
	}
	return names
}
