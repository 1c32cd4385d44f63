package plan

import "github.com/dcos-patch/dcos-patch/dcos"

// KnownIssues lists the reported trouble that patching between the plan's
// versions can meet, for a person to read before.
func (p *Plan) KnownIssues() []dcos.KnownIssue {
	all, err := dcos.KnownIssues()
	if err != nil {
		return nil // the tests of package dcos read the list
	}
	var known []dcos.KnownIssue
	for _, k := range all {
		if !k.HintOnly && k.Concerns(p.From, p.To) {
			known = append(known, k)
		}
	}
	return known
}
