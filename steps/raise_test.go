package steps

import (
	"maps"
	"slices"
	"testing"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
)

// TestAnEpochIsRaisedOnTheMastersFirst: all of them must take it before a lock is
// broken; when a run ends, what can be reached is raised.
func TestAnEpochIsRaisedOnTheMastersFirst(t *testing.T) {
	seen := []Sighting{
		{Node: "a1", Survey: node.Survey{Epoch: 99}},
		{Node: "m1", Survey: node.Survey{Epoch: 4}},
		{Node: "m2", Survey: node.Survey{Epoch: 2, Lock: &node.LockHolder{Epoch: 6}}},
		{Node: "m3", Survey: node.Survey{Epoch: 50, EpochCluster: "another"}},
		{Node: "m4", Err: errRoute},
		{Node: "a2", Survey: node.Survey{}},
	}
	master := func(n inventory.NodeName) bool { return n[0] == 'm' }
	broken := func() *Raising { return Raise(seen, master, "ours") }
	ended := func() *Raising {
		return Outdate([]inventory.NodeName{"m1", "m2"}, []inventory.NodeName{"a1", "a2"}, 6)
	}
	for _, c := range []struct {
		name   string
		m      *Raising
		bad    inventory.NodeName
		asked  []string
		err    string
		others []inventory.NodeName // that did not take it
	}{
		{"a lock is broken", broken(), "", []string{"m1", "m2", "m3", "", "a1", "a2", ""}, "", nil},
		{"a master does not take it", broken(), "m2", []string{"m1", "m2", "m3", ""}, "m2: raising the epoch: no route", nil},
		{"an agent does not take it", broken(), "a2", []string{"m1", "m2", "m3", "", "a1", "a2", ""}, "", []inventory.NodeName{"a2"}},
		{"a run ends", ended(), "", []string{"m1", "m2", "", "a1", "a2", ""}, "", nil},
		{"a run ends, and a master does not take it", ended(), "m1", []string{"m1", "m2", "", "a1", "a2", ""}, "m1: raising the epoch: no route", nil},
	} {
		var asked []string
		d := &driver{}
		d.answer = func(call Call) (a Answer) {
			for _, n := range call.Nodes {
				s := Sighting{Node: n}
				if n == c.bad {
					s.Err = errRoute
				}
				asked, a.Seen = append(asked, string(n)), append(a.Seen, s)
			}
			if asked = append(asked, ""); call.Do != ClaimAll || call.Epoch != 7 {
				t.Errorf("%s: %+v, want epoch 7", c.name, call)
			}
			return a
		}
		d.run(t, c.m)
		err := ""
		if c.m.Err != nil {
			err = c.m.Err.Error()
		}
		if !slices.Equal(asked, c.asked) || err != c.err || !slices.Equal(slices.Sorted(maps.Keys(c.m.Unraised)), c.others) || c.m.Epoch != 7 {
			t.Errorf("%s: asked %q, %q, %v, epoch %d; want %q, %q, %v", c.name, asked, err, c.m.Unraised, c.m.Epoch, c.asked, c.err, c.others)
		}
	}
}
