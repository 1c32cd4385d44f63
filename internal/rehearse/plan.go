package rehearse

import (
	"time"

	"github.com/dcos-patch/dcos-patch/internal/prove"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Plan makes the plan of the inventory as it would be if every node that is not
// excluded were healthy, at the from-version, and held none of the packages.
// Times are those of the real cluster, also where the inventory is a
// rehearsal's. today decides which exclusions hold.
func Plan(inv *inventory.Cluster, today time.Time) (*plan.Plan, error) {
	twin := *inv
	twin.Rehearsal, twin.Security = inventory.Rehearsal{}, inventory.Security{}
	if twin.ID == "" {
		twin.ID = "not-pinned"
	}
	return plan.Build(plan.Input{Inventory: &twin, Facts: prove.Healthy(&twin), Today: today})
}
