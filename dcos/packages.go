package dcos

import "slices"

// SamePackages reports whether two lists hold the same set of package ids;
// order and repetition do not matter.
func SamePackages(a, b []string) bool { return difference(a, b) == "" }

// difference is the smallest id that only one of the lists has, or empty.
func difference(a, b []string) string {
	var only []string
	for _, id := range a {
		if !slices.Contains(b, id) {
			only = append(only, id)
		}
	}
	for _, id := range b {
		if !slices.Contains(a, id) {
			only = append(only, id)
		}
	}
	if len(only) == 0 {
		return ""
	}
	return slices.Min(only)
}
