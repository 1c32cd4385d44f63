package controller

import (
	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// accepted records what a person accepts as lost, all of it or nothing, of a run that can
// be resumed.
func (c *Cluster) accepted(own *taken, run string, o ResumeOrder) error {
	if len(o.AcceptLost) == 0 {
		return nil
	}
	if err := resumable(run, own.state, c.inv); err != nil {
		return err
	}
	trial := own.state.Clone()
	var events []journal.Event
	for _, node := range o.AcceptLost {
		if trial.Granted(node) { // by the same command, which did not come so far as to resume
			continue
		}
		if why := trial.Acceptable(node); why != "" {
			return plan.Instead(unacceptable(trial, run, node, why))
		}
		e := trial.Acceptance(node, c.cfg.Owner, o.Reason)
		trial, events = orchestrator.Replay(trial, e), append(events, e)
	}
	for _, e := range events {
		if err := own.file.Record(e); err != nil {
			return &orchestrator.RecordError{Err: err}
		}
		own.state = orchestrator.Replay(own.state, e)
	}
	return nil
}

// unacceptable is the refusal, with what leads on instead.
func unacceptable(s orchestrator.State, run string, node inventory.NodeName, why string) plan.Block {
	next := advice.Run("status")
	if !s.LostAt(node).Empty() && s.Parkable(node) == "" {
		next = advice.Run("park", string(node), "--reason", "WHY").Say(", then ").Run("resume", "--run", run)
	}
	return plan.Block{Node: node, What: "there is no loss on it to accept", Observed: why, Want: "an agent of the run whose last report names what is lost", Next: next}
}
