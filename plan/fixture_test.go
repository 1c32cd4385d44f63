package plan

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

const (
	clusterID = "3f0c1e2a-77d0-4c1b-9a55-0e6f2f1b8d11"
	scriptSHA = "9ad1000000000000000000000000000000000000000000000000000000000e4f"
)

var (
	today = time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)
	oldPk = []string{"bootstrap--1", "dcos-config--setup_old", "mesos--old"}
	newPk = []string{"bootstrap--1", "dcos-config--setup_new", "mesos--new"}
)

// healthy is a cluster of three masters and the given groups, everything
// green, nothing patched.
func healthy(groups ...inventory.Group) Input {
	c := &inventory.Cluster{
		Name: "prod-eu", ID: clusterID,
		Target: inventory.Target{URL: "http://b/s.sh", SHA256: scriptSHA, From: "2.1.1", To: "2.1.2", Mesos: "1.10.1"},
		Groups: groups,
		Policy: complete(inventory.Policy{NoExpectedRed: true}),
	}
	for i, zone := range []string{"a", "b", "c"} {
		c.Masters = append(c.Masters, inventory.Node{
			Name: inventory.NodeName(fmt.Sprintf("m%d", i+1)), Address: fmt.Sprintf("10.20.0.%d", i+11), Role: dcos.Master, Zone: zone, Group: "masters",
		})
	}
	in := Input{Inventory: c, Today: today, Facts: Facts{
		Nodes:  map[inventory.NodeName]NodeFacts{},
		Script: dcos.Script{URL: "http://b/s.sh", SHA256: scriptSHA, From: "2.1.1", To: "2.1.2", Packages: newPk},
		Cluster: Observation{
			Green:   true,
			Weights: map[inventory.NodeName]int{"m2": 6, "m3": 1},
			Tasks:   map[inventory.NodeName]int{},
		},
	}}
	for _, n := range c.Nodes() {
		in.Facts.Nodes[n.Name] = NodeFacts{
			ClusterID: clusterID, IP: n.Address, Role: n.Role, Version: "2.1.1", Variant: "open",
			Active: oldPk, MasterSize: masterSize(n, c),
		}
	}
	for _, name := range []string{"zookeeper", "registrar", "cockroach"} {
		in.Facts.Cluster.Quorums = append(in.Facts.Cluster.Quorums, Quorum{
			Name: name, Size: 3, Serving: []inventory.NodeName{"m1", "m2", "m3"}, Age: Duration(2 * time.Second),
		})
	}
	return in
}

// complete fills in the defaults.
func complete(p inventory.Policy) inventory.Policy {
	return inventory.Merge(p, inventory.DefaultPolicy("2.1.2"))
}

func masterSize(n inventory.Node, c *inventory.Cluster) int {
	if n.Role == dcos.Master {
		return len(c.Masters)
	}
	return 0
}

// agents is a group of n private agents PREFIX1..n spread over the zones.
func agents(name, prefix string, n int, zones ...string) inventory.Group {
	g := inventory.Group{Name: name, Role: dcos.PrivateAgent, Policy: complete(inventory.Policy{NoSettle: true})}
	for i := range n {
		node := inventory.Node{
			Name: inventory.NodeName(fmt.Sprintf("%s%d", prefix, i+1)), Role: g.Role, Group: name,
			Address: fmt.Sprintf("10.%d.%d.%d", prefix[0], i/250, i%250+1),
		}
		if len(zones) > 0 {
			node.Zone = zones[i*len(zones)/n]
		}
		g.Nodes = append(g.Nodes, node)
	}
	return g
}

// observe changes what one node answered.
func observe(in Input, name inventory.NodeName, change func(*NodeFacts)) {
	f := in.Facts.Nodes[name]
	change(&f)
	in.Facts.Nodes[name] = f
}

// patched is a node at the target.
func patched(f *NodeFacts) { f.Version, f.Active = "2.1.2", slices.Clone(newPk) }

// ok is for what has no error in tests.
func ok[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func mustBuild(t interface {
	Helper()
	Fatalf(string, ...any)
}, in Input) *Plan {
	t.Helper()
	p, err := Build(in)
	if err != nil {
		t.Fatalf("Build: %v", err)
	}
	return p
}

func TestAHealthyClusterGetsItsStagesInOrder(t *testing.T) {
	in := healthy(agents("general", "a", 5), agents("public", "p", 1))
	in.Inventory.Groups[1].Role = dcos.PublicAgent
	in.Inventory.Groups[1].Nodes[0].Role = dcos.PublicAgent
	observe(in, "p1", func(f *NodeFacts) { f.Role = dcos.PublicAgent })
	var got []string
	for _, s := range mustBuild(t, in).Stages {
		got = append(got, s.ID)
	}
	want := []string{"preflight", "stage-masters", "stage-agents", "masters", "general-canary", "general", "public", "postflight"}
	if !slices.Equal(got, want) {
		t.Errorf("stages %v, want %v", got, want)
	}
}

func BenchmarkBuild10000(b *testing.B) {
	in := healthy(agents("general", "a", 10000, "a", "b", "c"))
	for b.Loop() {
		if _, err := Build(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnmarshal10000(b *testing.B) {
	text, err := Marshal(mustBuild(b, healthy(agents("general", "a", 10000, "a", "b", "c"))))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Unmarshal(text); err != nil {
			b.Fatal(err)
		}
	}
}
