package plan

import (
	"slices"
	"strings"
	"testing"
)

func TestAnAddressThatDCOSCannotBeKnownByBlocks(t *testing.T) {
	at := func(node string, change func(*NodeFacts)) func(*Input) {
		return func(i *Input) {
			for _, n := range i.Inventory.Nodes() {
				if string(n.Name) == node {
					observe(*i, n.Name, change)
				}
			}
		}
	}
	says := func(ip string) func(*Input) { return at("a1", func(f *NodeFacts) { f.IP = ip }) }
	next := func(n *NextIP) func(*NodeFacts) { return func(f *NodeFacts) { f.NextIP = n } }
	healthyIP := ""
	for _, n := range lookedAt().Inventory.Nodes() {
		if n.Name == "a1" {
			healthyIP = n.Address
		}
	}
	for _, c := range []struct {
		name   string
		change func(*Input)
		want   string // the only block; empty: none
	}{
		{"nothing, of the node's own address", func(*Input) {}, ""},
		{"what a copied ip-detect prints with a newer iproute2", says("0"), `a1: DC/OS on it does not know its address; observed detect_ip printed "0", which is no address`},
		{"two addresses", says("10.0.0.1 10.0.0.2"), "which is no address"},
		{"an IPv6 address", says("fe80::1"), "which is no IPv4 address"},
		{"loopback", says("127.0.1.1"), "which every machine calls itself"},
		{"link local", says("169.254.0.7"), "which is not the address of one node"},
		{"any", says("0.0.0.0"), "which is not the address of one node"},
		{"nothing printed", says(""), "detect_ip printed nothing"},
		{"an address of another machine", says("10.99.0.1"), "detect_ip printed 10.99.0.1, the node has 127.0.0.1 " + healthyIP},
		{"a master's", at("m2", func(f *NodeFacts) { f.IP = "0" }), `m2: DC/OS on it does not know its address`},
		{"addresses that nobody could tell", at("a1", func(f *NodeFacts) { f.Addresses = nil }), "a1: its own addresses are not known"},
		{"nothing, of a model without addresses", at("a1", func(f *NodeFacts) { f.Addresses, f.Ready = nil, nil }), ""},
		{"an agent that Mesos lists under its other address", func(i *Input) {
			at("a1", func(f *NodeFacts) { f.Addresses = append(f.Addresses, "10.7.0.1") })(i)
			i.Facts.Unknown = []UnknownAgent{{ID: "S7", IP: "10.7.0.1", Active: true}}
		}, "a1: Mesos lists it under another address; observed 10.7.0.1 (S7); wanted " + healthyIP},
		{"a stranger at an address of a master's", func(i *Input) {
			at("m1", func(f *NodeFacts) { f.Addresses = append(f.Addresses, "10.7.0.1") })(i)
			i.Facts.Unknown = []UnknownAgent{{ID: "S7", IP: "10.7.0.1", Active: true}}
		}, "Mesos has an agent that the inventory lacks"},
		{"a master that Exhibitor lists under its other address", func(i *Input) {
			at("m1", func(f *NodeFacts) { f.Addresses = append(f.Addresses, "10.7.0.1") })(i)
			i.Facts.Cluster.Ensemble = []string{"10.0.9.9", "10.7.0.1"}
		}, "m1: Exhibitor lists it under another address; observed 10.7.0.1"},
		{"nothing, of a new ip-detect that says the same", at("a1", next(&NextIP{Package: "dcos-config--2", IP: healthyIP})), ""},
		{"a new ip-detect with another answer", at("a1", next(&NextIP{Package: "dcos-config--2", IP: "127.0.1.1"})), "a1: the target's ip-detect prints another address; observed 127.0.1.1 (dcos-config--2)"},
		{"a new ip-detect that fails", at("a1", next(&NextIP{Package: "dcos-config--2", Err: "exit code 3"})), "a1: the target's ip-detect does not work on it; observed exit code 3"},
	} {
		in := lookedAt()
		c.change(&in)
		j, err := Judge(in)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, b := range j.Blocks {
			all = append(all, b.String())
		}
		if (c.want == "") != (len(all) == 0) || c.want != "" && !slices.ContainsFunc(all, func(b string) bool { return strings.Contains(b, c.want) }) {
			t.Errorf("%s: %q, want %q", c.name, all, c.want)
		}
		if len(all) > 1 && !strings.Contains(c.name, "stranger") {
			t.Errorf("%s: more than one block: %q", c.name, all)
		}
	}
}
