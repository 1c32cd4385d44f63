package main

import (
	"strings"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// acceptFlags are what a resume was told to accept.
type acceptFlags struct {
	lost   []string
	reason string
}

// invalid says why the flags cannot be meant.
func (f acceptFlags) invalid() error {
	switch {
	case len(f.lost) > 0 && strings.TrimSpace(f.reason) == "":
		return invalid("--accept-lost needs --reason: it stands in the journal, and is shown wherever the run is")
	case len(f.lost) == 0 && f.reason != "":
		return invalid("--reason is for --accept-lost NODE: resume alone needs none")
	}
	return nil
}

// accepted is accepts for a run that can be resumed.
func (a *app) accepted(own *taken, run string, inv *inventory.Cluster, f acceptFlags) error {
	if len(f.lost) == 0 {
		return nil
	}
	if err := resumable(run, own.state, inv); err != nil {
		return err
	}
	return a.accepts(own, run, f)
}

// accepts records what a person accepts as lost, all of it or nothing.
func (a *app) accepts(own *taken, run string, f acceptFlags) error {
	trial := own.state.Clone()
	var events []journal.Event
	for _, name := range f.lost {
		node := inventory.NodeName(name)
		if trial.Granted(node) { // by the same command, which did not come so far as to resume
			continue
		}
		if why := trial.Acceptable(node); why != "" {
			return plan.Instead(unacceptable(trial, run, node, why))
		}
		e := trial.Acceptance(node, a.who(), strings.TrimSpace(f.reason))
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
