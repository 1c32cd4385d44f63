package prove

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Plan makes the plan that the inventory's policy gives for a cluster of so
// many masters and agents, all healthy and at the from-version. Stages that
// take nothing out of service are left away, as are pauses: they add states
// and no danger.
func Plan(inv *inventory.Cluster, masters, agents int) (*plan.Plan, error) {
	small := *inv
	small.ID, small.Exclusions, small.Rehearsal, small.Security = "prove", nil, inventory.Rehearsal{}, inventory.Security{}
	if small.Target.From == "" {
		small.Target.From, small.Target.To = "2.1.0", "2.1.1"
	}
	small.Masters = nil
	for i := range masters {
		small.Masters = append(small.Masters, inventory.Node{Name: inventory.NodeName(fmt.Sprintf("m%d", i+1)), Role: dcos.Master, Group: "masters"})
	}
	small.Groups = groups(inv, agents)
	p, err := plan.Build(plan.Input{Inventory: &small, Facts: Healthy(&small), Today: time.Time{}})
	if err != nil {
		return nil, err
	}
	return disruptive(p), nil
}

// groups deals the agents out over the inventory's groups in turn.
func groups(inv *inventory.Cluster, agents int) []inventory.Group {
	var out []inventory.Group
	for _, g := range inv.Groups {
		g.Nodes = nil
		g.Policy.Canary = nil
		out = append(out, g)
	}
	if len(out) == 0 {
		out = []inventory.Group{{Name: "general", Role: dcos.PrivateAgent, Policy: inv.Policy}}
	}
	for i := range agents {
		g := &out[i%len(out)]
		g.Nodes = append(g.Nodes, inventory.Node{Name: inventory.NodeName(fmt.Sprintf("a%d", i+1)), Role: g.Role, Group: g.Name})
	}
	for len(out) > 0 && len(out[len(out)-1].Nodes) == 0 {
		out = out[:len(out)-1]
	}
	return out
}

// Healthy are the facts of a cluster at the from-version in which all is well.
func Healthy(c *inventory.Cluster) plan.Facts {
	const sum = "0000000000000000000000000000000000000000000000000000000000000000"
	f := plan.Facts{Nodes: map[inventory.NodeName]plan.NodeFacts{}}
	f.Script = dcos.Script{URL: c.Target.URL, SHA256: sum, From: c.Target.From, To: c.Target.To, Repository: "http://bootstrap", Packages: []string{"mesos--2"}}
	if c.Target.SHA256 != "" {
		f.Script.SHA256 = c.Target.SHA256
	}
	var names []inventory.NodeName
	for i, n := range c.Nodes() {
		nf := plan.NodeFacts{IP: fmt.Sprintf("10.0.%d.%d", i/250, i%250+1), Role: n.Role, Version: c.Target.From, Variant: "open", Active: []string{"mesos--1"}, Systemd: 219, FreeKB: 1 << 30, Tasks: 1}
		if n.Role == dcos.Master {
			nf.ClusterID, nf.MasterSize = c.ID, len(c.Masters)
			names = append(names, n.Name)
		}
		f.Nodes[n.Name] = nf
	}
	f.Cluster = plan.Observation{Green: true, Weights: map[inventory.NodeName]int{}}
	for _, q := range []string{"zookeeper", "registrar"} {
		f.Cluster.Quorums = append(f.Cluster.Quorums, plan.Quorum{Name: q, Size: len(names), Serving: names})
	}
	return f
}

// disruptive keeps the stages that take nodes out of service, without pauses.
func disruptive(p *plan.Plan) *plan.Plan {
	cut := *p
	cut.HoldLimit = 0 // a search has no clock
	cut.Stages = nil
	for _, st := range p.Stages {
		if st.Kind != plan.StageMasters && st.Kind != plan.StageCanary && st.Kind != plan.StageGroup {
			continue
		}
		lanes := make([]plan.Lane, len(st.Lanes))
		for i, l := range st.Lanes {
			lanes[i].Node = l.Node
			for _, s := range l.Steps {
				if s.Action != plan.ActionSettle && s.Action != plan.ActionBake && s.Action != plan.ActionBaseline {
					lanes[i].Steps = append(lanes[i].Steps, s)
				}
			}
		}
		st.Lanes = lanes
		cut.Stages = append(cut.Stages, st)
	}
	return &cut
}
