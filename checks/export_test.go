package checks

import (
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Gates are the demands of all gates of a role, by default timeouts.
func Gates(role dcos.Role) []plan.GateSpec {
	var specs []plan.GateSpec
	for _, g := range gates.Table() {
		if s, ok := Spec(g.Name, role); ok {
			specs = append(specs, s)
		}
	}
	return specs
}

// Spec is the demand of one of them; false when it is not asked of that role.
func Spec(name string, role dcos.Role) (plan.GateSpec, bool) {
	g, _ := gates.Find(name)
	within := inventory.DefaultPolicy("2.1.1").Timeouts.Sum(g.Within.Of(role))
	return plan.GateSpec{Gate: name, Need: g.Need, Span: plan.Duration(g.Span), Every: plan.Duration(g.Every), Within: plan.Duration(within)}, g.Of(role)
}
