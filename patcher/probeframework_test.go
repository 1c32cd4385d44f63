package patcher

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
)

func TestAProbesFrameworkIsKnownByItsName(t *testing.T) {
	n := ProbeName{Run: "1121-2200-abcd", Node: "a017", Epoch: 2}
	if got, ours := ParseProbeName(n.String()); !ours || got != n {
		t.Errorf("%q is read as %+v, %v", n, got, ours)
	}
	for _, other := range []string{"", "marathon", "dcos-patch probe ", "dcos-patch probe r a1", "dcos-patch probe r a1 2 3", "dcos-patch probe r a1 x",
		"dcos-patch probe r a1 02", "dcos-patch probe r  2", "Dcos-patch probe r a1 2", "dcos-patch probe  a1 2"} {
		if got, ours := ParseProbeName(other); ours {
			t.Errorf("%q is taken for %+v", other, got)
		}
	}
	for _, c := range []struct {
		run   string
		node  inventory.NodeName
		epoch int
		mine  bool
	}{{n.Run, "a017", 2, true}, {n.Run, "a017", 1, true}, {n.Run, "a017", 3, false}, {n.Run, "a018", 2, false}, {"other", "a017", 2, false}} {
		if got := n.mine(ProbeName{c.run, c.node, c.epoch}); got != c.mine {
			t.Errorf("%+v: mine is %v", c, got)
		}
	}
}
