package steps

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/shorten"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// postflight asks every node of the plan once more: the target's packages are
// active, no swap is under way, and the cluster is green with every node in.
type postflight struct {
	machine
	seen []Sighting
}

func (p *postflight) start(Answer) Move { return p.green(p.ask) }

// green goes on after one green look at the cluster.
func (m *machine) green(then func(plan.Observation, plan.Report) Move) Move {
	of := ready(*m, &settle{})
	return m.part(of, func(rep plan.Report) Move {
		if rep.Outcome != plan.Done {
			return end(rep)
		}
		return then(of.obs, rep)
	})
}

func (p *postflight) ask(plan.Observation, plan.Report) Move {
	var names []inventory.NodeName
	for _, n := range p.task.Plan.Nodes {
		if n.Disposition != plan.Excluded && !slices.Contains(p.task.ExemptAgents, n.Name) {
			names = append(names, n.Name)
		}
	}
	return p.call(Call{Do: SurveyAll, Nodes: names}, func(a Answer) Move {
		p.seen = a.Seen
		// Who is in service is asked last, and only a green look knows: during an
		// election the list of agents that are out is empty.
		return p.green(p.judge)
	})
}

func (p *postflight) judge(obs plan.Observation, _ plan.Report) Move {
	findings := make([]dcos.Finding, len(p.seen))
	for i, s := range p.seen {
		n, _ := p.task.Plan.Node(s.Node)
		findings[i] = inService(atTarget(p.task, s), obs, p.task, n)
	}
	bad := slices.DeleteFunc(slices.Clone(findings), func(f dcos.Finding) bool { return f.Status.OK() })
	if len(bad) > 0 {
		return end(plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Findings: bad,
			Detail: fmt.Sprintf("%d of %d nodes failed postflight: %s %s", len(bad), len(findings), bad[0].Node, bad[0].Observed)})
	}
	out := slices.DeleteFunc(slices.Clone(findings), func(f dcos.Finding) bool { return f.Status != dcos.Warned })
	if len(out) == 0 {
		return end(plan.Report{Outcome: plan.Done, Detail: fmt.Sprintf("%d nodes at the target, all in service", len(findings))})
	}
	return end(plan.Report{Outcome: plan.Done, Findings: out,
		Detail: fmt.Sprintf("%d nodes at the target; not in service, and not by this run: %s", len(findings), listed(out))})
}

// atTarget is what a node says of itself.
func atTarget(t plan.Task, seen Sighting) dcos.Finding {
	f := dcos.Finding{Check: "target", Node: string(seen.Node), Want: "the target's packages active, in service"}
	s, err := seen.Survey, seen.Err
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
