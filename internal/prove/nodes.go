package prove

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/plan"
)

// fate is what became of the script on one node: the truth that the engine can
// only find out.
type fate struct {
	begun int        // attempts really begun
	over  bool       // the last one has ended
	class plan.Class // how, when it ended badly
	out   bool       // begun, not harmless, and its lane not verified since
	probe bool       // of a launch probe's step: its framework is registered, or may be

	cut       bool // the last one died in its swap
	finishing bool // a call of finish-swap is at work on the node
}

// nodes are the fates by step; a value, copied on change.
type nodes map[plan.StepID]fate

func (n nodes) with(id plan.StepID, f fate) nodes {
	c := make(nodes, len(n)+1)
	for k, v := range n {
		c[k] = v
	}
	c[id] = f
	return c
}

// key is a canonical text of the fates.
func (n nodes) key() string {
	ids := make([]string, 0, len(n))
	for id, f := range n {
		ids = append(ids, fmt.Sprintf("%s:%d%t%s%t%t%t%t", id, f.begun, f.over, f.class, f.out, f.probe, f.cut, f.finishing))
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}
