package main

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/orchestrator"
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
