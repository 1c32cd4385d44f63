package plan

import "github.com/dcos-patch/dcos-patch/dcos"

// KnownIssues lists the reported trouble that patching between two versions can
// meet, for a person to read before.
func KnownIssues(from, to dcos.Version) []dcos.KnownIssue {
	all, err := dcos.KnownIssues()
	if err != nil {
		return nil // the tests of package dcos read the list
	}
	var known []dcos.KnownIssue
	for _, k := range all {
		if !k.HintOnly && k.Concerns(from, to) {
			known = append(known, k)
		}
	}
	return known
}
