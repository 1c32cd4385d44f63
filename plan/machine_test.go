package plan

import "testing"

// TestOtherMachine: the machine id decides where both are known, else the address.
func TestOtherMachine(t *testing.T) {
	was := Node{Name: "a1", IP: "10.0.0.1", Machine: "5eed"}
	for _, c := range []struct {
		name        string
		node        Node
		ip, machine string
		other       bool
	}{
		{"the same", was, "10.0.0.1", "5eed", false},
		{"another machine at the same address", was, "10.0.0.1", "beef", true},
		{"the same machine, whose detect_ip prints another address since its patch", was, "10.0.0.2", "5eed", false},
		{"another address, and no machine id to tell", was, "10.0.0.2", "", true},
		{"detect_ip fails in the middle of a swap", was, "", "5eed", false},
		{"nothing is known", was, "", "", false},
		{"a plan without machine ids", Node{IP: "10.0.0.1"}, "10.0.0.2", "5eed", true},
	} {
		if why := c.node.OtherMachine(c.ip, c.machine); (why != "") != c.other {
			t.Errorf("%s: %q", c.name, why)
		}
	}
}

func TestCompareTellsMachinesAndClusterNamesApart(t *testing.T) {
	plan := func(name, machine string) *Plan {
		p := &Plan{Cluster: ClusterRef{Name: name, ID: "x"}, Nodes: []Node{{Name: "a1", IP: "10.0.0.1", Machine: machine, Disposition: Patch}, {Name: "a2", IP: "10.0.0.2", Machine: machine + "2", Disposition: Excluded}}}
		p.ID = ok(Identity(p))
		return p
	}
	saved := plan("prod", "5eed")
	if blocks := Compare(saved, plan("prod", "5eed")); len(blocks) != 0 {
		t.Errorf("the same: %+v", blocks)
	}
	if blocks := Compare(saved, plan("prod", "beef")); len(blocks) != 1 || blocks[0].Node != "a1" {
		t.Errorf("another machine: %+v", blocks)
	}
	if blocks := Compare(saved, plan("other", "5eed")); len(blocks) != 1 || blocks[0].Observed != "other" {
		t.Errorf("another name: %+v", blocks)
	}
}
