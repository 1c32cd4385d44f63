package patcher

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/shorten"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// atOnce bounds how many nodes are asked at the same time.
const atOnce = 32

// postflight asks every node of the plan once more: the target's packages are
// active, no swap is under way, and the cluster is green with every node in.
func (p *Patcher) postflight(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	if _, rep := p.green(ctx, t, note); rep.Outcome != plan.Done {
		return rep
	}
	nodes := slices.DeleteFunc(slices.Clone(t.Plan.Nodes), func(n plan.Node) bool {
		return n.Disposition == plan.Excluded || slices.Contains(t.ExemptAgents, n.Name)
	})
	findings := make([]dcos.Finding, len(nodes))
	each(nodes, func(i int, n plan.Node) { findings[i] = p.final(ctx, t, n) })
	// Who is in service is asked last, and only a green look knows: during an
	// election the list of agents that are out is empty.
	obs, rep := p.green(ctx, t, note)
	if rep.Outcome != plan.Done {
		return rep
	}
	for i, n := range nodes {
		findings[i] = inService(findings[i], obs, t, n)
	}
	bad := slices.DeleteFunc(slices.Clone(findings), func(f dcos.Finding) bool { return f.Status.OK() })
	if len(bad) > 0 {
		return plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Findings: bad,
			Detail: fmt.Sprintf("%d of %d nodes failed postflight: %s %s", len(bad), len(nodes), bad[0].Node, bad[0].Observed)}
	}
	out := slices.DeleteFunc(findings, func(f dcos.Finding) bool { return f.Status != dcos.Warned })
	if len(out) == 0 {
		return plan.Report{Outcome: plan.Done, Detail: fmt.Sprintf("%d nodes at the target, all in service", len(nodes))}
	}
	return plan.Report{Outcome: plan.Done, Findings: out,
		Detail: fmt.Sprintf("%d nodes at the target; not in service, and not by this run: %s", len(nodes), listed(out))}
}

// final is what a node says of itself.
func (p *Patcher) final(ctx context.Context, t plan.Task, n plan.Node) dcos.Finding {
	f := dcos.Finding{Check: "target", Node: string(n.Name), Want: "the target's packages active, in service"}
	defer p.Nodes.Visit(n.Name)()
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
	case len(s.Active) == 0:
		f.Observed = "it names no active packages"
	case !dcos.SamePackages(s.Active, t.Plan.Script.Packages):
		f.Status, f.Observed = dcos.Failed, fmt.Sprintf("version %s, and active packages are not the target's", s.Version)
	default:
		f.Status, f.Observed = dcos.Passed, "at target"
	}
	return f
}

// inService adds to a node's finding what the leader says of it.
func inService(f dcos.Finding, obs plan.Observation, t plan.Task, n plan.Node) dcos.Finding {
	switch {
	case !f.Status.OK() || !slices.Contains(obs.Out, n.Name):
	case mayStayOut(obs, t, n.Name):
		f.Status, f.Observed = dcos.Warned, "at target; deactivated at the leader, as it was before its patch"
	case obs.Deactivated(n.Name) && n.Disposition == plan.AtTarget:
		f.Status, f.Observed = dcos.Warned, "at target; deactivated at the leader, and not touched by this run"
	case obs.Deactivated(n.Name):
		f.Status, f.Observed = dcos.Failed, "deactivated at the leader, and was not before its patch"
	default:
		f.Status, f.Observed = dcos.Failed, "out of service at the leader"
	}
	return f
}

// listed is findings of nodes in one line, at most five of them.
func listed(findings []dcos.Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Node+" ("+strings.TrimPrefix(f.Observed, "at target; ")+")")
	}
	return shorten.List(all, 5, ", ")
}
