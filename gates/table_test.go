package gates_test

import (
	"slices"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/inventory"
)

func TestTheTableIsComplete(t *testing.T) {
	seen := make(map[string]bool)
	timeouts := inventory.DefaultPolicy("2.1.1").Timeouts
	for _, g := range slices.Concat(gates.Table(), gates.Own()) {
		if seen[g.Name] {
			t.Errorf("%s is listed twice", g.Name)
		}
		seen[g.Name] = true
		if g.Asks == "" || g.Evidence == "" || g.Applies == "" || g.Versions == "" || g.Restart == "" || g.Half == "" || !g.Of(dcos.Master) && !g.Of(dcos.PrivateAgent) || g.Need < 1 {
			t.Errorf("%s: something is not said: %+v", g.Name, g)
		}
	}
	for _, g := range gates.Table() {
		for _, role := range []dcos.Role{dcos.Master, dcos.PrivateAgent, dcos.PublicAgent} {
			for _, name := range g.Within.Of(role) {
				if within := timeouts.Sum([]string{name}); within <= g.Span || g.Every <= 0 || g.Eager <= 0 {
					t.Errorf("%s: its demand on a %s cannot be met within %s (%s): %+v", g.Name, role, within, name, g)
				}
			}
		}
		if g.Of(dcos.RoleUnknown) || g.Of(dcos.PrivateAgent) != g.Of(dcos.PublicAgent) {
			t.Errorf("%s is asked of nobody knows whom", g.Name)
		}
	}
}

// The gates that prove that a node came back know no waiver.
func TestNoQuarantinedGateCanBeWaived(t *testing.T) {
	for _, g := range gates.Table() {
		if g.Waivable && g.Half == gates.Quarantined {
			t.Errorf("%s can be waived", g.Name)
		}
	}
	if want := []string{"agents-back", "check-runner", "tasks", "units"}; !slices.Equal(gates.Waivable(), want) {
		t.Errorf("%v, want %v", gates.Waivable(), want)
	}
}
