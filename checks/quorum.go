package checks

import (
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// member is one master's part in a quorum: why it does not serve, if so, and
// because of which masters, if it is not itself.
type member struct {
	node   inventory.NodeName
	status dcos.Status
	why    string
	dueTo  []inventory.NodeName
}

// members is a quorum, and the masters because of which it is not whole, sorted.
type members struct {
	plan.Quorum
	dueTo []inventory.NodeName
}

// quorum sums the members up. The finding's status is that of the first
// member that does not serve.
func (v view) quorum(q question, name string, of func(masterLook) member) (dcos.Finding, members) {
	quorum := members{Quorum: plan.Quorum{Name: name, Size: len(v.looks), Age: plan.Duration(v.age)}}
	status, bad := dcos.Passed, []string(nil)
	for _, m := range v.looks {
		one := of(m)
		if one.why == "" {
			quorum.Serving = append(quorum.Serving, one.node)
			continue
		}
		if len(bad) == 0 {
			status = one.status
		}
		bad = append(bad, by(one.node, one.why))
		if one.status == dcos.Unknown {
			quorum.Unknown = append(quorum.Unknown, one.node)
		}
		if len(one.dueTo) > 0 && !slices.Contains(one.dueTo, one.node) {
			if quorum.Hindered == nil {
				quorum.Hindered = map[inventory.NodeName][]inventory.NodeName{}
			}
			quorum.Hindered[one.node] = one.dueTo
		}
		if one.dueTo == nil {
			one.dueTo = []inventory.NodeName{one.node}
		}
		quorum.dueTo = append(quorum.dueTo, one.dueTo...)
	}
	f := q.passed("%d/%d serve", len(quorum.Serving), quorum.Size)
	if len(bad) > 0 {
		f.Status, f.Observed = status, f.Observed+"; "+strings.Join(bad, "; ")
	}
	slices.Sort(quorum.dueTo)
	quorum.dueTo = slices.Compact(quorum.dueTo)
	return f, quorum
}
