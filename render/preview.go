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
func Preview(s orchestrator.State, from Origin) string {
	var b lines
	masters, agents := s.Tallies()
	b.say("RESUME run %s  plan %s  %s -> %s", s.Run, s.Plan.ID, s.Plan.From, s.Plan.To)
	if from.Copy != "" {
		b.say("  from   %s; gates, policy and target are those of the inventory here", from.Copy)
		b.say("  script %s", from.Script)
	}
	for _, w := range s.Plan.Waivers {
		b.say("  waived %s", w)
	}
	if s.Master != "" {
		b.say("  first  %s is verified again", s.Master)
	}
	b.WriteString(acceptedLines(s, "  lost   "))
	for _, st := range s.Owed() {
		b.say("  look   how %s ended on %s; its script is not started again unless the node proves that it may", st.ID, st.Node)
	}
	doubt := s.InDoubt()
	for _, n := range doubt {
		b.say("  look   how its last step ended on %s; its script is not started again unless the node proves that it may", n)
	}
	for _, n := range s.Left() {
		if !slices.Contains(doubt, n) {
			if why := s.LeftBehind(n); why != "" {
				b.say("  left   %s stays behind: %s", n, why)
				continue
			}
			b.say("  retry  %s, from its failed step on", n)
		}
	}
	then := fmt.Sprintf("masters %d to go, agents %d to go", masters.Untouched, agents.Untouched)
	if n := masters.Verified + agents.Verified; n > 0 {
		then += "; not touched: " + Count(n, "verified node")
	}
	b.say("  then   %s", then)
	return b.String()
}
