package render

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with testdata/NAME.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got, go test -update writes it anew):\n%s", file, diff)
	}
}

// production is a cluster of 122 nodes, much like the one in the manual.
func production() plan.Input {
	c := &inventory.Cluster{
		Name: "prod-eu", ID: "3f0c1e2a-77d0-4c1b-9a55-0e6f2f1b8d11",
		Target: inventory.Target{From: "2.1.1", To: "2.1.2", Mesos: "1.10.1"},
		Policy: inventory.Merge(inventory.Policy{MaxOut: inventory.Count(8)}, inventory.DefaultPolicy("2.1.2")),
	}
	for i, zone := range []string{"a", "b", "c"} {
		c.Masters = append(c.Masters, inventory.Node{Name: inventory.NodeName(fmt.Sprintf("m%d", i+1)), Address: fmt.Sprintf("10.20.0.%d", 11+i), Role: dcos.Master, Zone: zone})
	}
	c.Groups = []inventory.Group{
		group("general", dcos.PrivateAgent, "a%03d", 104, "10.20.1.%d"),
		group("stateful", dcos.PrivateAgent, "s%02d", 8, "10.20.2.%d"),
		group("public", dcos.PublicAgent, "p%02d", 8, "10.20.3.%d"),
	}
	for i := range c.Groups[0].Nodes {
		c.Groups[0].Nodes[i].Zone = string(rune('a' + i/35))
	}
	c.Groups[0].Policy = policy(inventory.Policy{Width: inventory.Percent(5), Canary: []inventory.NodeName{"a017"}, Spread: map[string]int{"zone": 1}})
	c.Groups[1].Policy = policy(inventory.Policy{Settle: 2 * time.Minute, NoCanary: true})
	c.Groups[2].Policy = policy(inventory.Policy{NoCanary: true})
	c.Exclusions = []inventory.Exclusion{{Node: "p08", Reason: "PSU, INC-4411", Until: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}}
	return observed(c)
}

func policy(p inventory.Policy) inventory.Policy {
	return inventory.Merge(p, inventory.DefaultGroupPolicy("2.1.2", nil))
}

func group(name string, role dcos.Role, format string, n int, address string) inventory.Group {
	g := inventory.Group{Name: name, Role: role}
	for i := range n {
		g.Nodes = append(g.Nodes, inventory.Node{Name: inventory.NodeName(fmt.Sprintf(format, i+1)), Address: fmt.Sprintf(address, i+1), Role: role})
	}
	return g
}

func observed(c *inventory.Cluster) plan.Input {
	in := plan.Input{Inventory: c, Today: time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC), Facts: plan.Facts{
		Nodes: map[inventory.NodeName]plan.NodeFacts{},
		Script: dcos.Script{SHA256: "9ad1c0ffee9ad1c0ffee9ad1c0ffee9ad1c0ffee9ad1c0ffee9ad1c0ffee0e4f", From: "2.1.1", To: "2.1.2",
			Packages: []string{"dcos-config--setup_5b1f", "mesos--77aa"}},
		Cluster: plan.Observation{
			Green:   true,
			Weights: map[inventory.NodeName]int{"m2": 6, "m3": 1},
			Tasks:   map[inventory.NodeName]int{"a017": 31},
			Quorums: []plan.Quorum{{Name: "zookeeper", Size: 3, Serving: []inventory.NodeName{"m1", "m2", "m3"}, Age: plan.Duration(time.Second)}},
		},
	}}
	for _, n := range c.Nodes() {
		f := plan.NodeFacts{ClusterID: c.ID, IP: n.Address, Role: n.Role, Version: "2.1.1", Variant: "open", Active: []string{"mesos--0001"}}
		if n.Role == dcos.Master {
			f.MasterSize, f.Fetched = 3, in.Facts.Script.Packages
		}
		in.Facts.Nodes[n.Name] = f
	}
	return in
}

func change(in plan.Input, name inventory.NodeName, f func(*plan.NodeFacts)) {
	facts := in.Facts.Nodes[name]
	f(&facts)
	in.Facts.Nodes[name] = facts
}
