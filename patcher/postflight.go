package patcher

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// atOnce bounds how many nodes are asked at the same time.
const atOnce = 32

// postflight asks every node of the plan once more: the target's packages are
// active, no swap is under way, and the cluster is green with every node in.
func (p *Patcher) postflight(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	if rep := p.staysGreen(ctx, t, 0, note); rep.Outcome != plan.Done {
		return rep
	}
	obs := p.Gates.Observe(ctx, plan.Ask{Stage: string(t.Step.ID)})
	nodes := slices.DeleteFunc(slices.Clone(t.Plan.Nodes), func(n plan.Node) bool { return n.Disposition == plan.Excluded || slices.Contains(t.Left, n.Name) })
	findings := make([]dcos.Finding, len(nodes))
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, n := range nodes {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			findings[i] = p.final(ctx, t, n, obs.Out)
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return plan.Report{Outcome: plan.InDoubt, Detail: "stopped watching"}
	}
	bad := slices.DeleteFunc(slices.Clone(findings), func(f dcos.Finding) bool { return f.Status.OK() })
	if len(bad) > 0 {
		return plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Findings: bad,
			Detail: fmt.Sprintf("%d of %d nodes are not as they should be: %s %s", len(bad), len(nodes), bad[0].Node, bad[0].Observed)}
	}
	return plan.Report{Outcome: plan.Done, Detail: fmt.Sprintf("%d nodes at the target, all in service", len(nodes))}
}

// final is one node's last word.
func (p *Patcher) final(ctx context.Context, t plan.Task, n plan.Node, out []inventory.NodeName) dcos.Finding {
	f := dcos.Finding{Check: "target", Node: string(n.Name), Want: "the target's packages active, in service"}
	h, err := p.Nodes.Node(ctx, n.Name)
	var s node.Survey
	if err == nil {
		s, err = node.TakeSurvey(ctx, h)
	}
	switch {
	case err != nil:
		f.Observed = err.Error()
	case s.MidSwap:
		f.Status, f.Observed = dcos.Failed, "in the middle of a swap"
	case !dcos.SamePackages(s.Active, t.Plan.Script.Packages):
		f.Status, f.Observed = dcos.Failed, fmt.Sprintf("version %s, and active packages are not the target's", s.Version)
	case slices.Contains(out, n.Name):
		f.Status, f.Observed = dcos.Failed, "out of service at the leader"
	default:
		f.Status, f.Observed = dcos.Passed, "at target"
	}
	return f
}
