package plan

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

func TestBuildRefuses(t *testing.T) {
	type in = Input
	node := func(name inventory.NodeName, change func(*NodeFacts)) func(*Input) {
		return func(i *in) { observe(*i, name, change) }
	}
	for _, c := range []struct {
		name   string
		change func(*Input)
		node   inventory.NodeName
		what   string // part of What
	}{
		{"an unpinned cluster", func(i *in) { i.Inventory.ID = "" }, "", "which cluster it is"},
		{"a master of another cluster", node("m2", func(f *NodeFacts) { f.ClusterID = "other" }), "m2", "another cluster"},
		{"a master that does not say its cluster", node("m2", func(f *NodeFacts) { f.ClusterID = "" }), "m2", "another cluster"},
		{"an agent of another cluster", node("a2", func(f *NodeFacts) { f.ClusterID = "other" }), "a2", "another cluster"},
		{"an unreachable master", node("m1", func(f *NodeFacts) { *f = NodeFacts{Err: "i/o timeout", Kind: "dial"} }), "m1", "cannot be reached"},
		{"an unreachable agent", node("a1", func(f *NodeFacts) { *f = NodeFacts{Err: "i/o timeout", Kind: "dial"} }), "a1", "cannot be reached"},
		{"an unreachable jump host", node("m1", func(f *NodeFacts) { *f = NodeFacts{Err: "i/o timeout", Kind: "dial", Via: "bastion"} }), "m1", "jump host bastion: cannot be reached"},
		{"a jump host that refuses the login", node("a1", func(f *NodeFacts) { *f = NodeFacts{Err: "denied", Kind: "auth", Via: "bastion"} }), "a1", "jump host bastion: SSH does not let us in"},
		{"a jump host whose key nobody knows", node("a1", func(f *NodeFacts) { *f = NodeFacts{Err: "not known", Kind: "host-key-unknown", Via: "bastion"} }), "a1", "jump host bastion: its SSH host key is not known yet"},
		{"a changed host key", node("a1", func(f *NodeFacts) { *f = NodeFacts{Err: "mismatch", Kind: "host-key-changed"} }), "a1", "has changed"},
		{"a host key that nobody knows", node("a1", func(f *NodeFacts) { *f = NodeFacts{Err: "not known", Kind: "host-key-unknown"} }), "a1", "not known yet"},
		{"a revoked host key", node("a1", func(f *NodeFacts) { *f = NodeFacts{Err: "revoked", Kind: "host-key"} }), "a1", "not to be trusted"},
		{"no sudo", node("a1", func(f *NodeFacts) { *f = NodeFacts{Err: "a password is required", Kind: "sudo"} }), "a1", "no sudo"},
		{"a refused login", node("a1", func(f *NodeFacts) { *f = NodeFacts{Err: "denied", Kind: "auth"} }), "a1", "does not let us in"},
		{"an agent that does not sign", node("a1", func(f *NodeFacts) { *f = NodeFacts{Err: "it does not sign", Kind: "agent"} }), "a1", "ssh agent does not sign"},
		{"no algorithm in common", node("a1", func(f *NodeFacts) { *f = NodeFacts{Err: "no cipher", Kind: "algorithms"} }), "a1", "no algorithm in common"},
		{"a login shell that runs nothing", node("a1", func(f *NodeFacts) { *f = NodeFacts{Err: "prints without end", Kind: "shell"} }), "a1", "runs no commands"},
		{"a node that nobody asked", func(i *in) { delete(i.Facts.Nodes, "a1") }, "a1", "its answer cannot be used"},
		{"a public agent declared private", node("a1", func(f *NodeFacts) { f.Role = dcos.PublicAgent }), "a1", "its role"},
		{"a node without a role", node("a1", func(f *NodeFacts) { f.Role = dcos.RoleUnknown }), "a1", "its role"},
		{"two names for one machine", node("a2", func(f *NodeFacts) { f.IP = "10.97.0.1" }), "a2", "two names"},
		{"a node without an address", node("a2", func(f *NodeFacts) { f.IP = "" }), "a2", "its address"},
		{"a node in mid-swap", node("a1", func(f *NodeFacts) { f.MidSwap = true }), "a1", "in the middle of a swap"},
		{"a patch under way", node("a1", func(f *NodeFacts) { f.PatchUnit = "dcos-patch-9ad1-1" }), "a1", "still runs"},
		{"a node at a third version", node("a1", func(f *NodeFacts) { f.Version = "2.1.0" }), "a1", "neither at the version"},
		{"the target's version with other packages", node("a1", func(f *NodeFacts) { f.Version = "2.1.2" }), "a1", "other packages are active"},
		{"the target's packages with the old version", node("a1", func(f *NodeFacts) { f.Active = newPk }), "a1", "its version is not"},
		{"no list of active packages", node("a1", func(f *NodeFacts) { f.Active = nil }), "a1", "active packages are unknown"},
		{"another variant on one node", node("a1", func(f *NodeFacts) { f.Variant = "enterprise" }), "a1", "another variant"},
		{"a declared mode that is not the cluster's", func(i *in) { i.Inventory.Security.Mode = "permissive" }, "", "security"},
		{"a master that counts five", node("m3", func(f *NodeFacts) { f.MasterSize = 5 }), "m3", "other masters"},
		{"a master that does not say how many", node("m3", func(f *NodeFacts) { f.MasterSize = 0 }), "m3", "other masters"},
		{"a script from another version", func(i *in) { i.Inventory.Target.From = "2.1.0" }, "", "starts from another"},
		{"a script to another version", func(i *in) { i.Inventory.Target.To = "2.1.3" }, "", "leads to another"},
		{"a script with another hash", func(i *in) { i.Facts.Script.SHA256 = "bad" }, "", "not the one that was pinned"},
		{"no script", func(i *in) { i.Facts.Script = dcos.Script{} }, "", "not known whole"},
		{"a script that cannot be used", func(i *in) { i.Facts.Script, i.Facts.ScriptErr = dcos.Script{}, "404" }, "", "script cannot be used"},
		{"an upgrade", versions("2.1.1", "2.2.0"), "", "an upgrade, not a patch"},
		{"a downgrade", versions("2.1.2", "2.1.1"), "", "a downgrade is not supported"},
		{"1.10", versions("1.10.1", "1.10.2"), "", "too old"},
		{"a version that is none", versions("two", "2.1.2"), "", "cannot be read"},
		{"a cluster that is not green", func(i *in) {
			i.Facts.Cluster.Green = false
			i.Facts.Cluster.Findings = []dcos.Finding{{Check: "leader", Status: dcos.Failed, Observed: "none elected"}}
		}, "", "not healthy: leader"},
		{"a cluster that nobody looked at", func(i *in) { i.Facts.Cluster = Observation{} }, "", "not known to be healthy"},
		{"an undeclared active agent", func(i *in) { i.Facts.Unknown = []UnknownAgent{{ID: "S9", IP: "10.9.9.9", Active: true}} }, "", "the inventory lacks"},
		{"an undeclared agent without an address", func(i *in) { i.Facts.Unknown = []UnknownAgent{{ID: "S9", Active: true}} }, "", "the inventory lacks"},
		{"a time scale without the marker", func(i *in) { i.Inventory.Rehearsal.TimeScale = 0.1 }, "a3", "not for rehearsals"},
		{"a negative time scale", func(i *in) { i.Inventory.Rehearsal.TimeScale = -1 }, "", "no factor"},
		{"no room for one more", func(i *in) { i.Facts.Cluster.Out = []inventory.NodeName{"a1", "a2", "a3"} }, "", "no room"},
		{"a quorum with nothing to spare", func(i *in) { i.Facts.Cluster.Quorums[0].Serving = []inventory.NodeName{"m1", "m2"} }, "m1", "no proof"},
		{"a quorum of unknown size", func(i *in) { i.Facts.Cluster.Quorums[2] = Quorum{Name: "cockroach"} }, "m3", "no proof"},
		{"no quorum known", func(i *in) { i.Facts.Cluster.Quorums = nil }, "m1", "no proof"},
		{"an excluded master", func(i *in) { i.Inventory.Exclusions = []inventory.Exclusion{{Node: "m1"}} }, "m1", "cannot be left out"},
		{"an excluded canary", func(i *in) {
			i.Inventory.Groups[0].Policy.Canary = []inventory.NodeName{"a1"}
			i.Inventory.Exclusions = []inventory.Exclusion{{Node: "a1"}}
		}, "a1", "canary is excluded"},
		{"a canary of another group", func(i *in) { i.Inventory.Groups[0].Policy.Canary = []inventory.NodeName{"m1"} }, "", "not in its group"},
		{"a group named like a stage", func(i *in) { i.Inventory.Groups[0].Name = "masters" }, "", "one name"},
		{"no masters", func(i *in) { i.Inventory.Masters = nil }, "", "no masters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := healthy(agents("general", "a", 3))
			c.change(&i)
			found := slices.ContainsFunc(refused(t, i), func(b Block) bool {
				return b.Node == c.node && strings.Contains(b.What, c.what) && b.Observed != "" && b.Want != "" && b.Next != nil
			})
			if !found {
				t.Errorf("no complete block on %q that says %q, but %v", c.node, c.what, refused(t, i))
			}
		})
	}
}

func TestAFirstMasterThatDoesNotAnswerIsOneReasonNotFive(t *testing.T) {
	i := healthy(agents("general", "a", 3))
	i.Facts.Nodes["m1"] = NodeFacts{Err: "i/o timeout", Kind: "dial"}
	i.Facts.Script, i.Facts.Cluster = dcos.Script{}, Observation{} // both are read through it
	if got := refused(t, i); len(got) != 1 || got[0].Node != "m1" {
		t.Errorf("blocks %v, want m1's alone", got)
	}
}

func TestAScriptForOtherVersionsIsNotBlamedOnTheNodes(t *testing.T) {
	i := healthy(agents("general", "a", 3))
	i.Facts.Script.From = "1.13.4"
	for _, b := range refused(t, i) {
		if b.Node != "" {
			t.Errorf("block on %s: %s", b.Node, b)
		}
	}
}

func refused(t *testing.T, in Input) []Block {
	t.Helper()
	p, err := Build(in)
	var e *RefusalError
	if !errors.As(err, &e) || p != nil {
		t.Fatalf("Build gave %v, %v; want a refusal and no plan", p, err)
	}
	return e.Blocks
}

// versions sets from and to everywhere.
func versions(from, to dcos.Version) func(*Input) {
	return func(i *Input) {
		i.Inventory.Target.From, i.Inventory.Target.To = from, to
		i.Facts.Script.From, i.Facts.Script.To = from, to
		for n := range i.Facts.Nodes {
			observe(*i, n, func(f *NodeFacts) { f.Version = from })
		}
	}
}

func TestBuildTakesUntidyClustersThatAreLegitimate(t *testing.T) {
	for name, change := range map[string]func(*Input){
		"an excluded agent that is dead and of unknown address": func(i *Input) {
			i.Inventory.Exclusions = []inventory.Exclusion{{Node: "a1", Reason: "PSU"}}
			i.Facts.Nodes["a1"] = NodeFacts{Err: "no route", Kind: "dial"}
		},
		"an excluded agent that Mesos still lists": func(i *Input) {
			i.Inventory.Exclusions = []inventory.Exclusion{{Node: "a1"}}
			i.Facts.Nodes["a1"] = NodeFacts{Err: "no route", Kind: "dial"}
			i.Facts.Unknown = []UnknownAgent{{ID: "S1", IP: "10.97.0.1", Active: true}}
		},
		"a ghost that Mesos remembers": func(i *Input) { i.Facts.Unknown = []UnknownAgent{{ID: "S1", IP: "10.9.9.9"}} },
		"an agent out, with room left": func(i *Input) { i.Facts.Cluster.Out = []inventory.NodeName{"a1"} },
		"excluded agents out, which count for nobody": func(i *Input) {
			i.Inventory.Exclusions = []inventory.Exclusion{{Node: "a1"}, {Node: "a2"}}
			i.Facts.Cluster.Out = []inventory.NodeName{"a1", "a2", "a3"}
		},
		"a configuration patch": versions("2.1.1", "2.1.1"),
		"active packages out of order": func(i *Input) {
			observe(*i, "a1", func(f *NodeFacts) { f.Active = []string{"mesos--old", "bootstrap--1"} })
		},
		"a target that pins no hash":    func(i *Input) { i.Inventory.Target.SHA256 = "" },
		"a warning among the findings":  func(i *Input) { i.Facts.Cluster.Findings = []dcos.Finding{{Check: "units", Status: dcos.Warned}} },
		"agents that say no cluster id": func(i *Input) { observe(*i, "a1", func(f *NodeFacts) { f.ClusterID = "" }) },
		"no agents at all":              func(i *Input) { i.Inventory.Groups = nil },
		"one master, patched already": func(i *Input) {
			i.Inventory.Masters = i.Inventory.Masters[:1]
			observe(*i, "m1", func(f *NodeFacts) { patched(f); f.MasterSize = 1 })
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := healthy(agents("general", "a", 3))
			change(&in)
			mustBuild(t, in)
		})
	}
}

func TestOneOrTwoMastersAreRefusedWithTheReason(t *testing.T) {
	for n := 1; n <= 2; n++ {
		in := healthy(agents("general", "a", 3))
		in.Inventory.Masters = in.Inventory.Masters[:n]
		for i := range in.Facts.Cluster.Quorums {
			q := &in.Facts.Cluster.Quorums[i]
			q.Size, q.Serving = n, q.Serving[:n]
		}
		for _, m := range in.Inventory.Masters {
			observe(in, m.Name, func(f *NodeFacts) { f.MasterSize = n })
		}
		got := refused(t, in)
		if len(got) != 1 || !strings.Contains(got[0].What, "cannot spare one") {
			t.Errorf("%d masters: %v", n, got)
		}
	}
}

func TestRefusalsComeAllAtOnceInNodeOrder(t *testing.T) {
	in := healthy(agents("general", "a", 12))
	for _, n := range []inventory.NodeName{"a10", "a2", "m3"} {
		observe(in, n, func(f *NodeFacts) { f.MidSwap = true })
	}
	in.Facts.Script.SHA256 = "bad"
	var got []inventory.NodeName
	for _, b := range refused(t, in) {
		got = append(got, b.Node)
	}
	if want := []inventory.NodeName{"", "m3", "a2", "a10"}; !slices.Equal(got, want) {
		t.Errorf("blocks on %v, want %v", got, want)
	}
}

func TestAnExclusionEndsOnItsDay(t *testing.T) {
	in := healthy(agents("general", "a", 3))
	in.Inventory.Exclusions = []inventory.Exclusion{{Node: "a1", Reason: "PSU", Until: today.AddDate(0, 0, -2)}}
	if n, _ := mustBuild(t, in).Node("a1"); n.Disposition != Patch {
		t.Errorf("a1 is %s although its exclusion has ended", n.Disposition)
	}
}

func TestBuildWithoutAnInventoryIsAnError(t *testing.T) {
	if p, err := Build(Input{}); err == nil || p != nil {
		t.Errorf("got %v, %v", p, err)
	}
}

// A swap is cut short only when nobody is at it any more.
func TestASwapThatAPatchIsAtIsNotForAPersonToFinish(t *testing.T) {
	in := healthy(agents("general", "a", 3))
	observe(in, "a1", func(f *NodeFacts) { f.MidSwap, f.PatchUnit = true, "dcos-patch-9ad1-1" })
	_, err := Build(in)
	if err == nil || !strings.Contains(err.Error(), "still runs") || strings.Contains(err.Error(), "middle of a swap") {
		t.Errorf("%v; want the patch alone", err)
	}
}
