package checks

import (
	"fmt"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

func TestEveryGateOfTheTableHasAJudge(t *testing.T) {
	all := judges()
	for _, g := range gates.Table() {
		if j := all[g.Name]; j.ask == nil || (j.unit == nil) == g.OfNode() {
			t.Errorf("%s: nothing asks it, or its process is not known", g.Name)
		}
		delete(all, g.Name)
	}
	if len(all) > 0 {
		t.Errorf("not in the table: %v", all)
	}
}

// smallPlan is what the planner makes of three masters and two agents.
func smallPlan(t *testing.T) *plan.Plan {
	t.Helper()
	const id = "3f0c1e2a-77d0-4c1b-9a55-0e6f2f1b8d11"
	sha := fmt.Sprintf("%064d", 9)
	c := &inventory.Cluster{
		Name: "test", ID: id, Target: inventory.Target{URL: "http://b/s.sh", SHA256: sha, From: "2.1.1", To: "2.1.2"},
		Policy: inventory.DefaultPolicy("2.1.2"),
		Groups: []inventory.Group{{Name: "general", Role: dcos.PrivateAgent, Policy: inventory.DefaultGroupPolicy("2.1.2", nil)}},
	}
	in := plan.Input{Inventory: c, Today: began, Facts: plan.Facts{
		Nodes:   make(map[inventory.NodeName]plan.NodeFacts),
		Script:  dcos.Script{URL: "http://b/s.sh", SHA256: sha, From: "2.1.1", To: "2.1.2", Packages: []string{newMesos, "etcd--cccc"}},
		Cluster: plan.Observation{Green: true, Quorums: []plan.Quorum{{Name: "zookeeper", Size: 3, Serving: []inventory.NodeName{"m1", "m2", "m3"}, Age: plan.Duration(time.Second)}}},
	}}
	for _, m := range threeMasters() {
		c.Masters = append(c.Masters, inventory.Node{Name: m.Name, Address: m.IP, Role: m.Role, Group: "masters"})
	}
	for i := range 2 {
		c.Groups[0].Nodes = append(c.Groups[0].Nodes, inventory.Node{Name: inventory.NodeName(fmt.Sprint("a", i)), Address: fmt.Sprint("10.0.1.", i), Role: dcos.PrivateAgent, Group: "general"})
	}
	for _, n := range c.Nodes() {
		f := plan.NodeFacts{ClusterID: id, IP: n.Address, Role: n.Role, Version: "2.1.1", Variant: "open", Active: []string{oldMesos}}
		if n.Role == dcos.Master {
			f.MasterSize = 3
		}
		in.Facts.Nodes[n.Name] = f
	}
	p, err := plan.Build(in)
	if err != nil {
		t.Fatalf("building a small plan: %v", err)
	}
	return p
}

func TestThePlanAsksEveryGateOfTheTable(t *testing.T) {
	p, asked := smallPlan(t), make(map[string]bool)
	for _, stage := range p.Stages {
		for _, lane := range stage.Lanes {
			for _, s := range lane.Steps {
				n, _ := p.Node(s.Node)
				for _, g := range s.Gates {
					asked[n.Role.String()+" "+g.Gate] = true
					want, ok := Spec(g.Gate, n.Role)
					if of, _ := gates.Find(g.Gate); s.Action == plan.ActionReturn && of.Return.Need > 0 {
						want.Need, want.Span = of.Return.Need, plan.Duration(of.Return.Span)
					}
					if !ok || g != want {
						t.Errorf("%s: the plan demands %+v, the table %+v (%v)", s.ID, g, want, ok)
					}
				}
			}
		}
	}
	for _, role := range []dcos.Role{dcos.Master, dcos.PrivateAgent} {
		for _, g := range Gates(role) {
			if !asked[role.String()+" "+g.Gate] {
				t.Errorf("no step of a %s asks for %s", role, g.Gate)
			}
		}
	}
}
