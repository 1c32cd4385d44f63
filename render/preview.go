package render

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/orchestrator"
)

// Origin says whence a run was taken that began on another machine.
type Origin struct {
	Copy   string // whose copy it is, and why it is believed; empty: the run began here
	Script string // by what its script is trusted
}

// Preview says what a resume will do and what it will not.
func Preview(v orchestrator.View, from Origin) string {
	var b lines
	masters, agents := v.Masters, v.Agents
	b.say("RESUME run %s  plan %s  %s -> %s", v.Run, v.Plan.ID, v.Plan.From, v.Plan.To)
	if from.Copy != "" {
		b.say("  from   %s; gates, policy and target are those of the inventory here", from.Copy)
		b.say("  script %s", from.Script)
	}
	for _, w := range v.Plan.Waivers {
		b.say("  waived %s", w)
	}
	if v.First != "" && !slices.Contains(v.Cut, v.First) {
		b.say("  first  %s is verified again", v.First)
	}
	b.WriteString(acceptedLines(v, "  lost   "))
	for _, st := range v.Looks {
		b.say("  look   how %s ended on %s; its script is not started again unless the node proves that it may", st.ID, st.Node)
	}
	for _, n := range v.Doubt {
		b.say("  look   how its last step ended on %s; its script is not started again unless the node proves that it may", n)
	}
	for _, n := range v.Left {
		switch {
		case slices.Contains(v.Doubt, n.Node):
		case slices.Contains(v.Cut, n.Node):
			b.say("  swap   %s was cut in its swap: that is finished forward where you approve, and else %s stays as it is", n.Node, n.Node)
		case n.ByPerson:
			b.say("  left   %s stays behind: %s", n.Node, n.Why)
		default:
			b.say("  retry  %s, from its failed step on", n.Node)
		}
	}
	then := fmt.Sprintf("masters %d to go, agents %d to go", masters.Untouched, agents.Untouched)
	if n := masters.Verified + agents.Verified; n > 0 {
		then += "; not touched: " + Count(n, "verified node")
	}
	b.say("  then   %s", then)
	return b.String()
}
