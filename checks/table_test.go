package checks

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

func TestTheTableIsComplete(t *testing.T) {
	seen := make(map[string]bool)
	for _, r := range slices.Concat(Table(), CustomKinds()) {
		if seen[r.Name] {
			t.Errorf("%s is listed twice", r.Name)
		}
		seen[r.Name] = true
		d := r.Default
		if r.Asks == "" || r.Evidence == "" || r.Applies == "" || r.Versions == "" || (r.unit == nil) != (r.Where == OfCluster) || r.Where == "" || len(r.Roles) == 0 || (r.ask == nil) != ownKind(r.Name) {
			t.Errorf("%s: something is not said: %+v", r.Name, r)
		}
		if d.Gate != r.Name || d.Need < 1 || d.Every <= 0 || d.Within <= d.Span {
			t.Errorf("%s: its demand cannot be met: %+v", r.Name, d)
		}
	}
	for _, want := range []string{
		"exhibitor", "mesos-master", "registrar", "leader", "mesos-version", "cockroach", "etcd",
		"agents-back", "registered", "tasks", "check-runner", "units", "command", "http", "prometheus",
	} {
		if !seen[want] {
			t.Errorf("there is no gate %s", want)
		}
	}
}

// ownKind reports whether a row is a kind of an operator's gates, which is
// asked through a gate of the plan.
func ownKind(name string) bool {
	return slices.ContainsFunc(CustomKinds(), func(r Row) bool { return r.Name == name })
}

// Package inventory may not import this one, and refuses these names.
func TestAnOperatorsGateCannotHaveTheNameOfOneOfOurs(t *testing.T) {
	for _, r := range Table() {
		if !slices.Contains(inventory.BuiltInGates(), r.Name) {
			t.Errorf("an inventory may call a gate %s", r.Name)
		}
	}
}

func TestNobodyHasADemandForAGateThatIsNotAskedOfIt(t *testing.T) {
	for _, c := range []struct {
		gate string
		role dcos.Role
		ok   bool
	}{
		{"registered", dcos.PublicAgent, true}, {"registered", dcos.Master, false},
		{"exhibitor", dcos.Master, true}, {"exhibitor", dcos.PrivateAgent, false},
		{"units", dcos.RoleUnknown, false}, {"weather", dcos.Master, false},
	} {
		if _, ok := Spec(c.gate, c.role); ok != c.ok {
			t.Errorf("%s of a %s: %v, want %v", c.gate, c.role, ok, c.ok)
		}
	}
	if len(Gates(dcos.Master)) != 10 || len(Gates(dcos.PrivateAgent)) != 6 {
		t.Errorf("%d gates of a master, %d of an agent", len(Gates(dcos.Master)), len(Gates(dcos.PrivateAgent)))
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

// The planner holds its numbers itself, for it may not import this package.
// Here the two are held together.
func TestThePlannersGatesAreOfTheTableAndHaveItsDemands(t *testing.T) {
	p, asked := smallPlan(t), make(map[string]bool)
	for _, stage := range p.Stages {
		for _, lane := range stage.Lanes {
			for _, s := range lane.Steps {
				n, _ := p.Node(s.Node)
				for _, g := range s.Gates {
					asked[n.Role.String()+" "+g.Gate] = true
					demand := Spec
					if s.Action == plan.ActionReturn {
						demand = ReturnSpec
					}
					if want, ok := demand(g.Gate, n.Role); !ok || g != want {
						t.Errorf("%s: the plan demands %+v, the table %+v (%v)", s.ID, g, want, ok)
					}
				}
			}
		}
	}
	for _, role := range []dcos.Role{dcos.Master, dcos.PrivateAgent} {
		for _, g := range Gates(role) {
			if where, _ := rowOf(g.Gate); !asked[role.String()+" "+g.Gate] && !(role.IsAgent() && where.Where == OfCluster) {
				t.Errorf("no step of a %s asks for %s", role, g.Gate)
			}
		}
	}
}

func TestTheGatesThatMayBeWaivedAreThoseThatPlansKnow(t *testing.T) {
	var names []string
	for _, r := range Table() {
		if r.Waivable {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	if want := plan.WaivableGates(); !slices.Equal(names, want) {
		t.Errorf("the table says %v, plans say %v", names, want)
	}
}
