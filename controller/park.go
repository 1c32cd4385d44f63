package controller

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Park records that an agent is left behind, and why: of the newest run, when it is not
// named. It gives the run's name.
func (r Runs) Park(run string, node inventory.NodeName, reason string) (string, error) {
	if strings.TrimSpace(reason) == "" {
		return "", invalid("park needs --reason: it is kept in the journal, and shown where the agent is found unpatched")
	}
	if run == "" {
		var err error
		if run, _, err = r.Latest(); err != nil {
			return "", err
		}
	}
	if run == "" {
		return "", plan.Instead(plan.Block{What: "there is no run to leave a node out of", Observed: "none in " + r.Dir, Next: advice.Say("exclude the node in the inventory, then ").Run("plan")})
	}
	own, err := r.take(run)
	if err != nil {
		return run, err
	}
	defer own.release()
	own.tellTorn(r.cfg.tell)
	if err := parkable(run, own.state, node); err != nil {
		return run, err
	}
	e := journal.Event{Seq: own.state.Seq + 1, At: time.Now(), Kind: journal.LaneParked, Node: node, Controller: r.cfg.Owner, Detail: reason}
	if err := own.file.Record(e); err != nil {
		return run, &orchestrator.RecordError{Err: err}
	}
	return run, nil
}

// parkable refuses where a run cannot, or need not, do without a node.
func parkable(run string, s orchestrator.State, node inventory.NodeName) error {
	switch {
	case s.Plan == nil:
		return invalid("run %s: its journal is empty: it was not begun", run)
	case s.Ended == journal.RunDone, s.Ended == journal.RunAbandoned:
		return plan.Instead(plan.Block{Node: node, What: fmt.Sprintf("run %s is done", run), Next: advice.Say("exclude the node in the inventory for a time, or ").Run("apply")})
	case s.TakenOver():
		return plan.Instead(plan.Block{Node: node, What: fmt.Sprintf("run %s is another controller's now", run), Next: resumeThere(run)})
	}
	if why := s.Parkable(node); why != "" {
		return plan.Instead(plan.Block{Node: node, What: "it cannot be left behind", Observed: why, Want: "an agent of the run that is not verified", Next: advice.Run("status")})
	}
	return nil
}
