package plan

import (
	"reflect"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// SameAs reports whether two observations say the same of the cluster. Texts for a
// person, times and ages do not count: they differ from look to look.
func (o Observation) SameAs(other Observation) bool {
	return reflect.DeepEqual(o.bare(), other.bare())
}

// bare is the observation without what SameAs does not count.
func (o Observation) bare() Observation {
	findings := make([]dcos.Finding, len(o.Findings))
	for i, f := range o.Findings {
		findings[i] = dcos.Finding{Check: f.Check, Node: f.Node, Status: f.Status, Lost: f.Lost, Final: f.Final}
	}
	o.Findings = findings
	o.Agents = slices.Clone(o.Agents)
	for i := range o.Agents {
		o.Agents[i].Detail = ""
	}
	o.Quorums = slices.Clone(o.Quorums)
	for i := range o.Quorums {
		o.Quorums[i].Age = 0
	}
	return o
}
