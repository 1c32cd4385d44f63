package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// clusterRed is what was wrong with the masters themselves as a run was left, if its stop
// is at an agent: without a working leader no agent can be verified, and none is to blame.
func clusterRed(s orchestrator.State) string {
	if s.Look == nil || s.Look.Green || s.Stop == nil || s.Stop.Node == "" || planned(s.Plan, s.Stop.Node).Role == dcos.Master {
		return ""
	}
	var red []string
	for _, q := range s.Look.Quorums {
		if len(q.Serving) < q.Size {
			red = append(red, fmt.Sprintf("%s %d/%d serve", q.Name, len(q.Serving), q.Size))
		}
	}
	for _, f := range s.Look.Findings {
		if f.Check == "leader" && !f.Status.OK() {
			red = append(red, f.Observed)
		}
	}
	return strings.Join(red, "; ")
}

// failures are the steps that ended badly and that nobody has left behind: that of the stop
// first, then those of lanes that failed beside it.
func failures(s orchestrator.State) []plan.Step {
	var all []plan.Step
	if s.Stop != nil && s.Stop.Node != "" && s.LeftBehind(s.Stop.Node) == "" {
		all = append(all, plan.Step{ID: s.Stop.Step, Node: s.Stop.Node})
	}
	if s.Plan == nil {
		return all
	}
	for i, st := range s.Plan.Stages {
		for k, ln := range st.Lanes {
			if l := s.Lanes[i][k]; l.Phase == orchestrator.Broken && ln.Node != "" && l.Left == "" && !slices.ContainsFunc(all, func(p plan.Step) bool { return p.Node == ln.Node }) {
				all = append(all, ln.Steps[l.Step])
			}
		}
	}
	return all
}

// namesOf are the nodes of steps, in their order.
func namesOf(steps []plan.Step) string {
	var names []string
	for _, st := range steps {
		names = append(names, string(st.Node))
	}
	return strings.Join(names, " ")
}

// otherFailures says why each failed but that of the stop, which is told above.
func otherFailures(s orchestrator.State, all []plan.Step) string {
	var whys []string
	for _, st := range all[1:] {
		why := "no reason is known"
		if r := report(s, st.ID); r != nil && r.Detail != "" {
			why = r.Detail
		}
		whys = append(whys, strings.ReplaceAll(why, "\n", "; "))
	}
	return strings.Join(whys, "; ")
}
