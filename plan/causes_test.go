package plan

import (
	"errors"
	"slices"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// What cannot be judged because a node gives no answer follows from that node,
// and comes after what has to be mended.
func TestWhatFollowsFromANodeComesAfterIt(t *testing.T) {
	in := healthy(agents("general", "a", 3))
	in.Facts.Cluster.Green = false
	in.Facts.Cluster.Findings = []dcos.Finding{
		{Check: "leader", Status: dcos.Unknown, Observed: "not readable: m2"},
		{Check: "registrar", Status: dcos.Failed, Observed: "m1 and m2"},
		{Check: "own", Status: dcos.Failed, Observed: "red"},
	}
	in.Facts.Cluster.DueTo = map[string][]inventory.NodeName{"leader": {"m2"}, "registrar": {"m1", "m2"}}
	observe(in, "m2", func(f *NodeFacts) { f.MidSwap, f.Active = true, nil })
	observe(in, "a1", func(f *NodeFacts) { *f = NodeFacts{Err: "i/o timeout", Kind: "dial"} })
	_, err := Build(in)
	var refused *RefusalError
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	type told struct {
		node  inventory.NodeName
		what  string
		dueTo string
	}
	var got []told
	for _, b := range refused.Blocks {
		node := inventory.NodeName("")
		if len(b.DueTo) > 0 {
			node = b.DueTo[0]
		}
		got = append(got, told{b.Node, b.What, string(node)})
	}
	want := []told{
		{"m2", "it is in the middle of a swap of packages", ""},
		{"", "the cluster is not healthy: registrar", ""}, // m1 answers, and has a part in it
		{"", "the cluster is not healthy: own", ""},
		{"a1", "cannot be reached", ""},
		{"", "the cluster is not healthy: leader", "m2"},
		{"m2", "its active packages are unknown", "m2"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%v, want\n%v", got, want)
	}
}
