package prove

import (
	"fmt"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// small is a plan of n masters and k agents, with the lanes that Build makes.
func small(n, k, width, maxFailures int) *plan.Plan {
	p := &plan.Plan{ID: "p", From: "2.1.0", To: "2.1.1", MaxOut: width}
	lane := func(stage string, name inventory.NodeName, actions ...plan.Action) plan.Lane {
		l := plan.Lane{Node: name}
		for _, a := range actions {
			l.Steps = append(l.Steps, plan.Step{ID: plan.StepID(fmt.Sprintf("%s/%s/%s", stage, name, a)), Node: name, Action: a})
		}
		return l
	}
	masters := plan.Stage{ID: "masters", Kind: plan.StageMasters, Order: plan.OrderLeaderWeight, Width: 1}
	for i := range n {
		name := inventory.NodeName(fmt.Sprintf("m%d", i+1))
		p.Nodes = append(p.Nodes, plan.Node{Name: name, Role: dcos.Master, Disposition: plan.Patch})
		masters.Lanes = append(masters.Lanes, lane("masters", name, plan.ActionBaseline, plan.ActionPatch, plan.ActionServe, plan.ActionSettle))
	}
	group := plan.Stage{ID: "general", Kind: plan.StageGroup, Group: "general", Order: plan.OrderFixed, Width: width, MaxFailures: maxFailures}
	for i := range k {
		name := inventory.NodeName(fmt.Sprintf("a%d", i+1))
		p.Nodes = append(p.Nodes, plan.Node{Name: name, Role: dcos.PrivateAgent, Disposition: plan.Patch})
		group.Lanes = append(group.Lanes, lane("general", name, plan.ActionPatch, plan.ActionServe))
	}
	p.Stages = []plan.Stage{masters, group}
	if k > 2 { // enough for a canary
		canary := plan.Stage{ID: "canary", Kind: plan.StageCanary, Order: plan.OrderFixed, Width: 1}
		canary.Lanes = []plan.Lane{lane("canary", group.Lanes[0].Node, plan.ActionPatch, plan.ActionServe, plan.ActionProbe)}
		group.Lanes = group.Lanes[1:]
		p.Stages = []plan.Stage{masters, canary, group}
	}
	return p
}

func TestEveryStoryOfASmallClusterKeepsTheRules(t *testing.T) {
	for _, c := range []struct {
		masters, agents, width, failures int
		bounds                           Bounds
	}{
		{3, 0, 1, 0, Bounds{Troubles: 2, Crashes: 2}},
		{3, 2, 2, 0, Bounds{Troubles: 1, Crashes: 1}},
		{0, 3, 2, 1, Bounds{Troubles: 2, Crashes: 1}},
		{3, 0, 1, 0, Bounds{Troubles: 2, Crashes: 1, Waits: 2}},
		{3, 1, 1, 0, Bounds{Troubles: 1, Crashes: 1, Waits: 1}},
		{3, 1, 1, 0, Bounds{Troubles: 1, Crashes: 1, Waits: 1, Unapproved: true}},
	} {
		t.Run(fmt.Sprintf("%d masters, %d agents", c.masters, c.agents), func(t *testing.T) {
			t.Parallel()
			r, err := Search(small(c.masters, c.agents, c.width, c.failures), c.bounds, 2_000_000)
			if err != nil {
				t.Fatal(err)
			}
			if r.Violation != "" {
				t.Fatalf("%s, by this story:\n%s", r.Violation, tell(r.Story))
			}
			if r.Ends == 0 || r.Stops == 0 || (r.Finishes > 0) == c.bounds.Unapproved {
				t.Errorf("no story ends, or none stops, or finish-swap is not as approved: %+v", r)
			}
			t.Logf("%d states, %d steps, %d ends, %d stops, %d in which a swap is being finished", r.States, r.Steps, r.Ends, r.Stops, r.Finishes)
		})
	}
}

func tell(story []string) (text string) {
	for i, line := range story {
		text += fmt.Sprintf("%3d %s\n", i+1, line)
	}
	return text
}
