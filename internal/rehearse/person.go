package rehearse

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// repairAll is what a person does about a stop before the next command: what
// the class of the failure says, and the obvious about everything else. Cut swaps of
// some nodes are left for finish-swap.
func (w *twin) repairAll(left []inventory.NodeName) {
	w.red = min(w.red, plus(w.now, lookTakes))
	for _, n := range w.nodes {
		w.repair(n, slices.Contains(left, n.Name))
	}
}

// repair brings one node in order, but for a cut swap that is left. A script that
// still runs is left alone, unless it hangs.
func (w *twin) repair(n *node, left bool) {
	n.cut = 0
	s := &n.script
	if s.running && s.hung {
		s.running, s.hung, s.failed = false, false, true
		s.life++
		w.tell("a person ends the hanging script on %s", n.Name)
	}
	up := w.powerOn(n)
	switch {
	case s.finishing, s.running:
	case left && (s.midSwap || s.unstarted):
		w.tell("the swap of %s is left to finish-swap", n.Name)
	case s.midSwap:
		w.finish(n)
	case up:
	case n.back == never && n.out(w.now):
		w.tell("a person starts the services on %s", n.Name)
		w.recovers(n)
	default:
		w.soothe(n)
	}
}

// finish ends a swap that has stopped in its middle: forward, or, as often,
// back to the packages of before.
func (w *twin) finish(n *node) {
	n.script.midSwap, n.script.spoilt = false, ""
	n.script.atTarget = w.rng.IntN(2) == 0
	if n.script.atTarget {
		w.tell("a person finishes the swap on %s", n.Name)
	} else {
		w.tell("a person takes the swap on %s back", n.Name)
	}
	w.recovers(n)
}

// soothe makes gates pass that would not have by themselves.
func (w *twin) soothe(n *node) {
	for gate, at := range n.ready {
		if at == never {
			n.ready[gate] = w.now
		}
	}
}

// words tells an event for the story of a night.
func words(e journal.Event) string {
	text := string(e.Kind)
	switch e.Kind {
	case journal.LaneAdmitted:
		return fmt.Sprintf("%s is admitted to %s: %s", e.Node, e.Stage, e.Detail)
	case journal.StepStarted:
		if e.Remedy != plan.RemedyNone {
			return fmt.Sprintf("%s starts on %s", e.Remedy, e.Node)
		}
		return fmt.Sprintf("%s starts (attempt %d)", e.Step, e.Attempt)
	case journal.RunResumed:
		return text + approvedWords(e.Finish)
	case journal.StepEnded, journal.Reconciled:
		text = fmt.Sprintf("%s ended: ", e.Step)
		if e.Kind == journal.Reconciled {
			text = fmt.Sprintf("%s was looked at: ", e.Step)
		}
		text += e.Report.Outcome.String()
		if e.Report.Class != plan.ClassNone {
			text += " " + string(e.Report.Class)
		}
		if e.Report.Outcome != plan.Done && e.Report.Detail != "" {
			text += ": " + e.Report.Detail
		}
	case journal.StepNoted:
		text = fmt.Sprintf("%s: %s", e.Step, e.Note.Detail)
	case journal.Held:
		text = "HOLD " + e.Detail
	case journal.HoldEnded:
		text = "the hold ends"
	case journal.Observed:
		text = "the cluster is green"
		if !e.Observation.Green {
			text = "the cluster is red"
		}
		text += fmt.Sprintf(", %d agents out", len(e.Observation.Out))
	case journal.RunStopped:
		text = fmt.Sprintf("STOPPED %s at %s: %s", e.Stop.Reason, e.Stop.Step, e.Stop.Detail)
	case journal.RunDone:
		text = "DONE"
	}
	return text
}
