package safety

import (
	"slices"
	"strings"
	"testing"
)

// quiet is a cluster in which nothing is wrong: masters that are done, and agents
// that are not.
func quiet() Cluster {
	master := func(name string) Node { return Node{Name: name, Master: true, Owed: true, Verified: true} }
	return Cluster{Nodes: []Node{master("m1"), master("m2"), master("m3"), {Name: "a1", Owed: true}, {Name: "a2", Owed: true}, {Name: "a3", Owed: true}}, Owes: true, Staged: true, Width: 1, MaxOut: 2}
}

// TestEveryRuleSpeaks breaks each rule, alone, and asks what must tell.
func TestEveryRuleSpeaks(t *testing.T) {
	launch := func(name string) func(Cluster) []string {
		return func(c Cluster) []string { return c.Launch(name) }
	}
	finish := func(name string) func(Cluster) []string {
		return func(c Cluster) []string { return c.Finish(name) }
	}
	admit := func(c Cluster) []string { return c.Admit("a1") }
	done := func(c Cluster) []string { // of a cluster whose agents are done, too
		for i := range c.Nodes {
			c.Nodes[i].Verified = true
		}
		return c.Done()
	}
	for _, test := range []struct {
		name  string
		ask   func(Cluster) []string
		truth func(c *Cluster, at func(string) *Node)
		want  string // empty: nothing is broken
	}{
		{"a master is launched", launch("m1"), func(c *Cluster, at func(string) *Node) { at("m1").Verified = false }, ""},
		{"an agent is launched", launch("a1"), nil, ""},
		{"an agent is launched beside one, width 2", launch("a1"), func(c *Cluster, at func(string) *Node) { c.Width, at("a2").Flies, at("a2").Taken = 2, true, true }, ""},
		{"an agent is launched where no width is asked", launch("a1"), func(c *Cluster, at func(string) *Node) { c.Staged, at("a2").Flies = false, true }, ""},
		{"an agent is launched, width 0", launch("a1"), func(c *Cluster, _ func(string) *Node) { c.Width = 0 }, "1 nodes in flight, width 0"},
		{"a stage of width 0 at rest", Cluster.Always, func(c *Cluster, _ func(string) *Node) { c.Width = 0 }, ""},
		{"while the run is held", launch("a1"), func(c *Cluster, at func(string) *Node) { c.Held = "no leader worked" }, "a1 is taken although no leader worked"},
		{"without the lock", launch("m1"), func(c *Cluster, at func(string) *Node) { c.Locks, c.Masters = 1, 3 }, "m1 is taken by a run that holds the lock on 1 of 3 masters"},
		{"with half of an even number of locks", launch("m1"), func(c *Cluster, at func(string) *Node) { c.Locks, c.Masters = 2, 4 }, "holds the lock on 2 of 4"},
		{"with most of the locks", launch("m1"), func(c *Cluster, at func(string) *Node) { c.Locks, c.Masters = 2, 3 }, ""},
		{"a second master", launch("m1"), func(c *Cluster, at func(string) *Node) { at("m2").Taken = true }, "two masters out at once: m1 and m2"},
		{"a master beside one that the run left out", launch("m1"), func(c *Cluster, at func(string) *Node) { at("m2").Out, at("m2").Ours = true, true }, "two masters out at once: m1 and m2"},
		{"a master beside one that failed", launch("m1"), func(c *Cluster, at func(string) *Node) { at("m3").Out = true }, "m1 is taken while master m3 does not serve"},
		{"a master that does not serve itself", launch("m1"), func(c *Cluster, at func(string) *Node) { at("m1").Out = true }, ""},
		{"an agent beside a master that failed", launch("a1"), func(c *Cluster, at func(string) *Node) { at("m3").Out = true }, ""},
		{"a master while ranges lack replicas", launch("m1"), func(c *Cluster, at func(string) *Node) { at("m2").Behind = true }, "m1 is taken while ranges of master m2 are under-replicated"},
		{"an agent before a master", launch("a1"), func(c *Cluster, at func(string) *Node) { at("m2").Verified = false }, "agents are taken before master m2 is done"},
		{"an agent before a master that is not to be patched", launch("a1"), func(c *Cluster, at func(string) *Node) { at("m2").Verified, at("m2").Owed = false, false }, ""},
		{"a stage of agents before a master", Cluster.Always, func(c *Cluster, at func(string) *Node) { c.Agents, at("m2").Verified = true, false }, "agents are taken before master m2 is done"},
		{"an agent more than the width", launch("a1"), func(c *Cluster, at func(string) *Node) { at("a2").Flies = true }, "2 nodes in flight, width 1"},
		{"a stage with more in flight than its width", Cluster.Always, func(c *Cluster, at func(string) *Node) { c.Flying = 2 }, "2 nodes in flight, width 1"},
		{"a script begun again", launch("a1"), func(c *Cluster, at func(string) *Node) { at("a1").Begun = true }, "the script is begun again on a1"},
		{"a swap finished after its script", finish("a1"), func(c *Cluster, at func(string) *Node) {
			at("a1").Begun, at("a1").Taken, at("a1").Cut = true, true, true
		}, ""},
		{"a swap finished beside another call", finish("a1"), func(c *Cluster, at func(string) *Node) { at("a1").Finishing = true }, "the swap of a1 is finished beside another call"},
		{"a swap finished that was told to stay cut", finish("a1"), func(c *Cluster, at func(string) *Node) { at("a1").Told = true }, "told that it stays cut"},
		{"a master's swap finished beside one that failed", finish("m1"), func(c *Cluster, at func(string) *Node) { at("m2").Out = true }, "m1 is taken while master m2 does not serve"},
		{"a lane ahead of its script", Cluster.Always, func(c *Cluster, at func(string) *Node) { at("a1").Running, at("a1").GoneOn = true, true }, "a1: its lane has gone on, and its script still runs"},
		{"a lane ahead of finish-swap", Cluster.Always, func(c *Cluster, at func(string) *Node) { at("a1").Finishing, at("a1").GoneOn = true, true }, "a1: its lane has gone on, and its script still runs"},
		{"a lane ahead of what it changed for a time", Cluster.Always, func(c *Cluster, at func(string) *Node) { at("a1").Leaves, at("a1").GoneOn = "the framework", true }, "a1: its lane has gone on, and the framework may be left"},
		{"a change for a time that nobody owes to undo", Cluster.Always, func(c *Cluster, at func(string) *Node) { at("a1").Leaves, c.Owes = "the framework", false }, "the run does not owe to remove it"},
		{"a change for a time that is owed", Cluster.Always, func(c *Cluster, at func(string) *Node) { at("a1").Leaves = "the framework" }, ""},
		{"an agent is admitted", admit, func(c *Cluster, at func(string) *Node) { at("a2").Out, at("m1").Out = true, true }, ""},
		{"one is admitted that is out", admit, func(c *Cluster, at func(string) *Node) { at("a1").Out, at("a2").Out = true, true }, ""},
		{"more are out than may be", admit, func(c *Cluster, at func(string) *Node) { at("a2").Out, at("a3").Out = true, true }, "a1 is admitted as number 3 out of service, max_out 2"},
		{"one is admitted while another is late", admit, func(c *Cluster, at func(string) *Node) { at("a2").Late = true }, "a1 is admitted while a2 has been away for most of what Mesos allows"},
		{"it is safe to leave", Cluster.Safe, func(c *Cluster, at func(string) *Node) { at("m1").Out = true }, ""},
		{"a script runs", Cluster.Safe, func(c *Cluster, at func(string) *Node) { at("a1").Running = true }, "SAFE TO LEAVE is said falsely: the script is running on a1"},
		{"a swap is cut", Cluster.Safe, func(c *Cluster, at func(string) *Node) { at("a1").Cut = true }, "SAFE TO LEAVE is said falsely: a1 is in the middle of a swap"},
		{"the run left a master out", Cluster.Safe, func(c *Cluster, at func(string) *Node) { at("m1").Out, at("m1").Ours = true, true }, "SAFE TO LEAVE is said falsely: master m1 does not serve"},
		{"nothing leads", Cluster.Safe, func(c *Cluster, at func(string) *Node) { c.Held = "no leader works" }, "SAFE TO LEAVE is said falsely: no leader works"},
		{"done", done, nil, ""},
		{"done before all is", Cluster.Done, func(c *Cluster, at func(string) *Node) { at("a2").Verified, at("a3").Verified = true, true }, "done is said, and a1 is not patched and verified"},
		{"done with one taken", done, func(c *Cluster, at func(string) *Node) { at("m1").Taken = true }, "done is said, and m1 is not patched and verified"},
		{"done with a change for a time", done, func(c *Cluster, at func(string) *Node) { at("m1").Leaves = "the framework" }, "done is said, and the framework of m1 may be left"},
	} {
		c := quiet()
		if test.truth != nil {
			test.truth(&c, c.node)
		}
		bad := test.ask(c)
		if test.want == "" && len(bad) > 0 || test.want != "" && (len(bad) != 1 || !strings.Contains(bad[0], test.want)) {
			t.Errorf("%s: %q, want %q alone", test.name, bad, test.want)
		}
	}
}

func TestARemedyNeedsAllOfIt(t *testing.T) {
	whole := Remedy{Node: "m1", Approved: true, Proved: true, Cut: true}
	if bad := whole.Broken(); len(bad) > 0 {
		t.Error(bad)
	}
	for want, r := range map[string]Remedy{
		"without approval":      {Node: "m1", Proved: true, Cut: true},
		"without a fresh proof": {Node: "m1", Approved: true, Cut: true},
		"it was not cut":        {Node: "m1", Approved: true, Proved: true},
	} {
		if bad := r.Broken(); len(bad) != 1 || !strings.Contains(bad[0], want) {
			t.Errorf("%+v: %q", r, bad)
		}
	}
}

func TestWhatIsAskedChangesNothing(t *testing.T) {
	c := quiet()
	c.Launch("a1")
	c.Finish("m1")
	if got := quiet(); !slices.Equal(c.Nodes, got.Nodes) {
		t.Errorf("%+v", c.Nodes)
	}
}
