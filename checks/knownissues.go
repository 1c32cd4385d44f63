package checks

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// explained adds to a finding that is not OK what is known of the units that
// it found red, in patches between these versions. Only names of units are
// compared, never texts.
func (a against) explained(f dcos.Finding, units ...string) dcos.Finding {
	if f.Status.OK() || f.Hint != "" {
		return f
	}
	issues, err := dcos.KnownIssues()
	if err != nil {
		return f // the tests of package dcos read the list
	}
	for _, k := range issues {
		for _, u := range units {
			if k.Concerns(a.from, a.to) && k.Explains(f.Check, u, a.node.Role) {
				f.Hint = fmt.Sprintf("known (%s): %s; %s", k.ID, k.Symptom, k.Remedy)
				return f
			}
		}
	}
	return f
}
