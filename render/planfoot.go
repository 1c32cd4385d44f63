package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// foot is what follows the table: who is left alone and why, the limits, how
// long it takes, and what cannot be taken back.
func foot(p *plan.Plan) string {
	var s strings.Builder
	patched := 0
	for _, n := range p.Nodes {
		if n.Disposition == plan.Patch {
			patched++
		}
	}
	for _, u := range untouched(p) {
		fmt.Fprintf(&s, " untouched: %s\n", Printable(u))
	}
	for _, w := range p.Waivers {
		fmt.Fprintf(&s, " waived: %s\n", Printable(w.String()))
	}
	if len(p.Waivers) == 0 {
		s.WriteString(" waivers: none\n")
	}
	if own := ownGates(p, ""); own != "" {
		fmt.Fprintf(&s, " everywhere: %s\n", Printable(strings.TrimPrefix(own, ", ")))
	}
	fmt.Fprintf(&s, " to patch: %d of %s    already at target: %d    excluded: %d    max out: %d\n", patched,
		Count(len(p.Nodes), "node"), len(p.Nodes)-patched-excluded(p), excluded(p), p.MaxOut)
	if patched == 0 {
		s.WriteString(" Nothing is left to patch: every node that is not excluded runs the target's packages.\n")
		return s.String()
	}
	fmt.Fprintf(&s, " %s by estimate, from preflight to report%s; a HOLD longer than %s stops the line.\n", Span(p.Estimate.D()), otherWidths(p), Span(p.HoldLimit.D()))
	return s.String() + warning(p) + knownIssues(p.From, p.To)
}

// otherWidths says what the slowest group would make of the whole at other
// widths.
func otherWidths(p *plan.Plan) string {
	var all []string
	for _, a := range plan.Alternatives(p) {
		all = append(all, fmt.Sprintf("x%d: %s", a.Width, Span(a.Estimate.D())))
	}
	if len(all) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s %s)", Printable(plan.Alternatives(p)[0].Stage), strings.Join(all, ", "))
}

// ownGates names the operator's own gates of a group, or those of everybody.
func ownGates(p *plan.Plan, group string) string {
	var names []string
	for _, g := range p.Gates {
		if g.Group == group {
			names = append(names, g.Name)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return ", gate " + names[0]
	}
	return ", gates " + strings.Join(names, " ")
}

// knownIssues lists the reported trouble of these versions.
func knownIssues(from, to dcos.Version) string {
	var s strings.Builder
	for _, k := range plan.KnownIssues(from, to) {
		fmt.Fprintf(&s, " Known issue %s: %s; %s.\n", k.ID, k.Symptom, k.Remedy)
	}
	return s.String()
}

// expected says what may be red between the first and the last master.
func expected(p *plan.Plan, masters plan.Stage) string {
	if len(p.ExpectedRed) == 0 {
		return "Nothing may be red between the masters."
	}
	names := make([]string, len(p.ExpectedRed))
	for i, n := range p.ExpectedRed {
		names[i] = strings.TrimPrefix(strings.TrimSuffix(n, ".service"), "dcos-")
	}
	return fmt.Sprintf("Expected red until %s is done, and judged then: %s.", masters.Lanes[len(masters.Lanes)-1].Node, strings.Join(names, ", "))
}

// untouched folds nodes that are left alone for the same reason.
func untouched(p *plan.Plan) []string {
	var reasons []string
	nodes := map[string][]inventory.NodeName{}
	for _, n := range p.Nodes {
		if n.Disposition == plan.Patch {
			continue
		}
		word := "excluded"
		if n.Disposition == plan.AtTarget {
			word = "at target"
		}
		reason := fmt.Sprintf("%s (%s)", word, n.Why)
		if !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
		nodes[reason] = append(nodes[reason], n.Name)
	}
	for i, r := range reasons {
		reasons[i] = Fold(nodes[r]) + " " + r
	}
	return reasons
}

// warning names the point of no return and what will look broken meanwhile.
func warning(p *plan.Plan) string {
	for _, s := range p.Stages {
		switch s.Kind {
		case plan.StageMasters:
			return Printable(fmt.Sprintf(" No rollback exists: forward only from %s's swap. %s",
				s.Lanes[0].Node, expected(p, s))) + "\n"
		case plan.StageCanary, plan.StageGroup:
			return Printable(fmt.Sprintf(" No rollback exists: forward only from %s's swap.", s.Lanes[0].Node)) + "\n"
		}
	}
	return ""
}
