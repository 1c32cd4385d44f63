package dcos

import (
	"cmp"
	"slices"
)

// Suspects are the issues that red units of a gate can mean, on a node of a role that is
// patched between two versions: the most specific first. Which of them it is, evidence
// decides (KnownIssue.Judge).
func Suspects(all []KnownIssue, from, to Version, role Role, gate string, red []string) []KnownIssue {
	var found []KnownIssue
	for _, k := range all {
		if k.Concerns(from, to) && slices.ContainsFunc(red, func(u string) bool { return k.Explains(gate, u, role) }) {
			found = append(found, k)
		}
	}
	slices.SortStableFunc(found, func(a, b KnownIssue) int { return cmp.Compare(b.specific(), a.specific()) })
	return found
}

// specific is how narrowly an issue is described: by evidence first, then by versions.
func (k KnownIssue) specific() int {
	n := 4 * len(k.Evidence)
	for _, ranges := range [][]Between{k.From, k.To} {
		if len(ranges) > 0 {
			n++
		}
	}
	return n
}
