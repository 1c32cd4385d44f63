package prove

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// moves are all the worlds that can come next.
func (w world) moves() []world {
	var next []world
	switch w.state.Ended {
	case journal.RunDone:
		return nil
	case journal.RunStopped:
		if w.left.Crashes > 0 {
			next = append(append(next, w.resumed("somebody resumes")...), w.parked()...)
		}
		return next
	}
	if len(w.cmds) > 0 {
		next = append(next, w.carryOut(w.cmds[0])...)
	}
	next = append(next, w.elsewhere()...)
	for _, work := range w.state.Working() {
		if !w.doubted(work.Step) {
			next = append(next, w.ends(work.Step)...)
		}
	}
	if w.left.Crashes > 0 {
		next = append(next, w.resumed("the controller dies, another resumes")...)
		if !w.state.Paused {
			p := w.fact("somebody interrupts", journal.Event{Kind: journal.Paused})
			p.left.Crashes--
			next = append(next, p)
		}
	}
	return next
}

// doubted: a step in doubt does not end by itself for the engine; it is looked at.
func (w world) doubted(st plan.Step) bool {
	for _, c := range w.cmds {
		if c.Reconcile != nil && c.Reconcile.Step.ID == st.ID {
			return true
		}
	}
	return false
}

// resumed is the run taken up by another controller, with every approval to finish
// cut swaps that somebody could give it.
func (w world) resumed(told string) []world {
	var next []world
	for _, finish := range w.approvals() {
		how := told
		if len(finish) > 0 {
			how += fmt.Sprintf(", and approves finish-swap on %v", finish)
		}
		r := w.fact(how, journal.Event{Kind: journal.RunResumed, Epoch: 1, Finish: finish})
		r.left.Crashes--
		r.approved = finish
		next = append(next, r)
	}
	return next
}

// parked is every agent that somebody could leave behind before resuming.
func (w world) parked() []world {
	var next []world
	for _, n := range w.state.Plan.Nodes {
		if w.state.Parkable(n.Name) == "" {
			next = append(next, w.fact(fmt.Sprintf("somebody leaves %s behind", n.Name), journal.Event{Kind: journal.LaneParked, Node: n.Name, Detail: "broken"}))
		}
	}
	return next
}

// carryOut is everything that can come of a command.
func (w world) carryOut(c orchestrator.Command) []world {
	switch {
	case c.Record != nil:
		return []world{w.fact(words(*c.Record), *c.Record)}
	case c.Start != nil:
		return w.start(*c.Start)
	case c.Reconcile != nil:
		return w.reconciled(*c.Reconcile)
	case c.Undo != nil:
		done := journal.Obligation{ID: c.Undo.Kind, Nodes: []inventory.NodeName{c.Undo.Node}}
		return []world{w.fact(fmt.Sprintf("%s is undone on %s", done.ID, c.Undo.Node), journal.Event{Kind: journal.ObligationClosed, Obligation: &done})}
	case c.Observe != nil:
		return w.look()
	default:
		return nil // its time: a search has no clock
	}
}

// reconciled is every answer of a node about a step in doubt.
func (w world) reconciled(t plan.Task) []world {
	id := t.Step.ID
	var next []world
	for _, end := range w.nodes[id].quiet(w.left.Troubles) {
		rep := end.fate.look(t.Attempt)
		r := w.fact(fmt.Sprintf("the node is asked about %s: %s %s", id, rep.Outcome, rep.Class), journal.Event{Kind: journal.Reconciled, Step: id, Report: &rep})
		r.nodes = w.nodes.with(id, end.fate)
		r.left.Troubles -= end.cost
		if rep.Outcome != plan.Failed || !end.fate.cut {
			r.approved = without(r.approved, t.Step.Node)
		}
		next = append(next, r)
	}
	if w.left.Troubles > 0 {
		silent := w.fact(fmt.Sprintf("the node does not answer about %s", id), journal.Event{Kind: journal.Reconciled, Step: id, Report: &plan.Report{}})
		silent.left.Troubles--
		silent.approved = without(silent.approved, t.Step.Node)
		next = append(next, silent)
	}
	return next
}

// start is a step that is recorded, and then reaches its node or does not.
func (w world) start(t plan.Task) []world {
	if t.Remedy != plan.RemedyNone {
		return w.finish(t)
	}
	id := t.Step.ID
	recorded := w.fact(fmt.Sprintf("%s starts (attempt %d)", id, t.Attempt), journal.Event{Kind: journal.StepStarted, Step: id, Attempt: t.Attempt})
	if t.Step.Action == plan.ActionProbe {
		recorded.nodes = w.nodes.with(id, fate{probe: true})
	}
	if !t.Step.Action.Mutates() {
		return []world{recorded}
	}
	f := w.nodes[id]
	var next []world
	if w.left.Crashes > 0 && f.begun < t.Attempt {
		next = recorded.resumed(fmt.Sprintf("%s is recorded, the controller dies before the node hears of it, another resumes", id))
	}
	if f.begun < t.Attempt { // the node refuses to begin an attempt twice: a second start adopts
		recorded.bad = w.taking().Launch(string(t.Step.Node))
		f = fate{begun: t.Attempt, out: true}
		recorded.nodes = w.nodes.with(id, f)
	}
	return append(next, recorded)
}

func words(e journal.Event) string {
	switch e.Kind {
	case journal.LaneAdmitted:
		return fmt.Sprintf("%s is admitted to %s", e.Node, e.Stage)
	case journal.RunStopped:
		return "the run stops: " + string(e.Stop.Reason)
	default:
		return string(e.Kind)
	}
}
