package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
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
		e := acceptance(trial, node, a.who(), strings.TrimSpace(f.reason))
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

// acceptance is the event that accepts what is lost on a node.
func acceptance(s orchestrator.State, node inventory.NodeName, who, reason string) journal.Event {
	return journal.Event{Seq: s.Seq + 1, At: time.Now(), Kind: journal.LossAccepted, Node: node, Controller: who, Detail: reason}
}

// unacceptable is the refusal, with what leads on instead.
func unacceptable(s orchestrator.State, run string, node inventory.NodeName, why string) plan.Block {
	next := advice.Run("status")
	if !s.LostAt(node).Empty() && s.Parkable(node) == "" {
		next = advice.Run("park", string(node), "--reason", "WHY").Say(", then ").Run("resume", "--run", run)
	}
	return plan.Block{Node: node, What: "there is no loss on it to accept", Observed: why, Want: "an agent of the run whose last report names what is lost", Next: next}
}

// acceptable divides agents by whether their losses may be accepted, one after the other,
// within the budget.
func acceptable(s orchestrator.State, nodes []inventory.NodeName) (may, not []inventory.NodeName) {
	trial := s.Clone()
	for _, n := range nodes {
		if trial.Acceptable(n) != "" {
			not = append(not, n)
			continue
		}
		trial = orchestrator.Replay(trial, acceptance(trial, n, "", "WHY"))
		may = append(may, n)
	}
	return may, not
}

// acceptedLines are the accepted losses of a run, for people.
func acceptedLines(s orchestrator.State, label string) string {
	var b lines
	for _, l := range s.Accepted {
		b.say("%s%s: %s; accepted by %s: %s", label, l.Node, lossWords(l), render.Printable(l.By), render.Printable(l.Reason))
	}
	return b.String()
}

// lossWords is what was lost: "agent x-S1 (y-S1 since), 3 tasks: web.1 web.2 db.1".
func lossWords(l orchestrator.Acceptance) string {
	const most = 5
	var parts []string
	if l.Loss.Agent != "" {
		parts = append(parts, fmt.Sprintf("agent %s (%s since)", l.Loss.Was, l.Loss.Agent))
	}
	if ids := l.Loss.Tasks.List(); len(ids) > 0 {
		text := fmt.Sprintf("%s: %s", render.Count(len(ids), "task"), strings.Join(ids[:min(len(ids), most)], " "))
		if more := len(ids) - most; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		parts = append(parts, text)
	}
	return render.Printable(strings.Join(parts, ", "))
}
