package controller

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// resumable refuses a run that cannot go on, or whose cluster the inventory no
// longer describes.
func resumable(run string, s orchestrator.State, inv *inventory.Cluster) error {
	switch {
	case s.Plan == nil:
		return &InvalidError{fmt.Errorf("run %s: its journal is empty: it was not begun", run), advice.Say("use ").Run("apply").Say("; if that says that the run went on, its journal was lost: ").
			Run("lock", "break", "--reason", "lost journal").Say(", then ").And(resumeThere(run))}
	case s.Ended == journal.RunAbandoned:
		return plan.Instead(plan.Block{What: fmt.Sprintf("run %s was ended unfinished", run), Observed: s.Abandoned, Next: advice.Run("apply").Say(" plans what is left")})
	case s.Ended == journal.RunDone:
		return plan.Instead(plan.Block{What: fmt.Sprintf("run %s is done", run), Next: advice.Run("apply").Say(" verifies, and patches what is left")})
	case inv.ID != "" && s.Plan.Cluster.ID != inv.ID:
		return plan.Refuse(plan.Block{What: "the run is of another cluster", Observed: inv.ID, Want: s.Plan.Cluster.ID, Next: advice.Say("give the right inventory with -i")})
	}
	for _, n := range s.Plan.Nodes {
		have, ok := inv.Node(n.Name)
		if !ok || have.Role != n.Role {
			return plan.Refuse(plan.Block{Node: n.Name, What: "the inventory has changed since the run began", Observed: membership(have, ok), Want: n.Role.String(),
				Next: advice.Say("put the node back into the inventory; ssh settings and addresses may change")})
		}
	}
	return nil
}

func membership(n inventory.Node, ok bool) string {
	if !ok {
		return "not in the inventory"
	}
	return n.Role.String()
}
