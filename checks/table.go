package checks

import (
	"context"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Where says in which half of a node's verification a gate belongs.
type Where string

// The places of a gate.
const (
	Quarantined Where = "quarantined" // the node came back as itself; it need not serve yet
	Serving     Where = "serving"     // it does its work
	OfCluster   Where = "cluster"     // asked of the cluster, not of the node
)

// Row is one gate: what it asks and what it takes for an answer, in words for
// docs/gates.md, and its demand when nobody says otherwise.
type Row struct {
	Name     string
	Roles    []dcos.Role
	Asks     string // what must hold
	Evidence string // what is read, and where
	Applies  string // when, and the proof that not
	Versions string // of DC/OS, and what differs between them
	Restart  string // how an answer of the old process is told from one of the new
	Baseline string // what it compares with
	Where    Where
	Deferred string // what may be red until the masters are done
	Default  plan.GateSpec
	Return   *plan.GateSpec // what the step return demands, which serve does not end with; nil: Default
	Eager    time.Duration  // pause between two questions while no row is under way; what the source bears
	Waivable bool

	unit func(dcos.Role) string // whose process must be newer than the active packages; nil: of the cluster
	ask  func(context.Context, *asking) Answer
}

// spec is a default demand.
func spec(gate string, need int, span, every, within time.Duration) plan.GateSpec {
	return plan.GateSpec{
		Gate: gate, Need: need, Span: plan.Duration(span),
		Every: plan.Duration(every), Within: plan.Duration(within),
	}
}

// Table lists every gate, in the order in which documentation shows them.
// plan.GateSpec.Gate names a row.
func Table() []Row {
	return slices.Concat(masterRows(), clusterRows(), agentRows(), nodeRows())
}

func masters() []dcos.Role { return []dcos.Role{dcos.Master} }
func agents() []dcos.Role  { return []dcos.Role{dcos.PrivateAgent, dcos.PublicAgent} }
func anyRole() []dcos.Role { return []dcos.Role{dcos.Master, dcos.PrivateAgent, dcos.PublicAgent} }

// always is a unit that does not depend on the role.
func always(unit string) func(dcos.Role) string { return func(dcos.Role) string { return unit } }

// rowOf finds a gate by name.
func rowOf(gate string) (Row, bool) {
	for _, r := range Table() {
		if r.Name == gate {
			return r, true
		}
	}
	return Row{}, false
}

// ReturnSpec is the default demand of a gate in the step return of an agent.
func ReturnSpec(gate string, role dcos.Role) (plan.GateSpec, bool) {
	s, ok := Spec(gate, role)
	if r, _ := rowOf(gate); ok && r.Return != nil {
		s = *r.Return
	}
	return s, ok
}

// Spec is the default demand of a gate for a role; false when there is no such
// gate, or it is never asked of that role. On a master, checks and units wait
// for Exhibitor like everything else, so that their patience begins where
// Exhibitor's ends.
func Spec(gate string, role dcos.Role) (plan.GateSpec, bool) {
	r, ok := rowOf(gate)
	if !ok || !slices.Contains(r.Roles, role) {
		return plan.GateSpec{}, false
	}
	s := r.Default
	if role == dcos.Master && r.Where == Serving {
		exhibitor, _ := rowOf("exhibitor")
		s.Within += exhibitor.Default.Within
	}
	if role.IsAgent() && gate == "mesos-version" {
		registered, _ := rowOf("registered")
		s.Within = registered.Default.Within
	}
	return s, true
}
