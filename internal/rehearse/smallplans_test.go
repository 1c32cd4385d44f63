package rehearse

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/prove"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// SmallPlans are plans with everything that admission decides on: widths,
// zones, canaries, budgets, several groups, three masters and five.
func SmallPlans() ([]*plan.Plan, error) {
	var plans []*plan.Plan
	for _, sh := range []shape{
		{masters: 3, agents: 3, width: 1},
		{masters: 3, agents: 4, width: 2, noCanary: true, zones: 2},
		{masters: 3, agents: 4, width: 2, maxFailures: 1},
		{masters: 5, agents: 2, width: 2, public: 1, noCanary: true},
	} {
		c := sh.cluster()
		p, err := plan.Build(plan.Input{Inventory: c, Facts: prove.Healthy(c)})
		if err != nil {
			return nil, fmt.Errorf("building a small plan: %w", err)
		}
		plans = append(plans, p)
	}
	return plans, nil
}

// shape is what varies in the small plans.
type shape struct {
	masters, agents, public, width, zones, maxFailures int
	noCanary                                           bool
}

func (sh shape) cluster() *inventory.Cluster {
	policy := inventory.DefaultPolicy("2.1.1")
	policy.ExpectedRed, policy.NoExpectedRed = nil, true // what is deferred is a stage without nodes, as postflight is
	c := &inventory.Cluster{Name: "small", ID: "small", Target: inventory.Target{URL: "http://bootstrap/script", From: "2.1.0", To: "2.1.1"}, Policy: policy}
	for i := range sh.masters {
		c.Masters = append(c.Masters, inventory.Node{Name: name("m", i), Role: dcos.Master, Group: "masters"})
	}
	general := inventory.Group{Name: "general", Role: dcos.PrivateAgent, Policy: inventory.DefaultGroupPolicy("2.1.1", nil)}
	general.Policy.Width, general.Policy.MaxFailures, general.Policy.NoCanary = inventory.Count(sh.width), inventory.Count(sh.maxFailures), sh.noCanary
	if sh.zones > 0 {
		general.Policy.Spread = map[string]int{"zone": 1}
	}
	for i := range sh.agents {
		n := inventory.Node{Name: name("a", i), Role: dcos.PrivateAgent, Group: general.Name}
		if sh.zones > 0 {
			n.Zone = string(name("z", i%sh.zones))
		}
		general.Nodes = append(general.Nodes, n)
	}
	c.Groups = append(c.Groups, general)
	if sh.public > 0 {
		public := inventory.Group{Name: "public", Role: dcos.PublicAgent, Policy: inventory.DefaultGroupPolicy("2.1.1", nil)}
		for i := range sh.public {
			public.Nodes = append(public.Nodes, inventory.Node{Name: name("p", i), Role: dcos.PublicAgent, Group: public.Name})
		}
		c.Groups = append(c.Groups, public)
	}
	return c
}

func name(prefix string, i int) inventory.NodeName {
	return inventory.NodeName(fmt.Sprintf("%s%d", prefix, i+1))
}
