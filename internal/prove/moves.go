package prove

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
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

// look is every observation of the cluster: honest, red, or begun too early.
func (w world) look() []world {
	honest := w.observation()
	seen := w
	seen.red = false
	next := []world{seen.fact("the cluster is looked at", journal.Event{Kind: journal.Observed, Observation: &honest, Asked: w.state.Seq, AskedAt: w.now()})}
	if w.left.Troubles > 0 {
		red := honest
		red.Green, red.Findings = false, append(slices.Clone(honest.Findings), unserved("leader", ""))
		r := w.fact("the cluster is red", journal.Event{Kind: journal.Observed, Observation: &red, Asked: w.state.Seq, AskedAt: w.now()})
		r.left.Troubles--
		r.red = true
		stale := w.everything()
		late := w.fact("an old look arrives, with everybody serving", journal.Event{Kind: journal.Observed, Observation: &stale, Asked: 1})
		late.left.Troubles--
		late.red = false
		next = append(next, r, late)
	}
	if w.waits > 0 && w.left.Troubles > 0 {
		slow := w.before()
		s := w.fact("a look arrives that was begun minutes ago", journal.Event{Kind: journal.Observed, Observation: &slow, Asked: w.state.Seq, AskedAt: w.at(w.waits - 1)})
		s.left.Troubles--
		next = append(next, s)
	}
	return next
}

// everything is an observation in which everybody serves.
func (w world) everything() plan.Observation {
	obs := plan.Observation{Green: true, Weights: map[inventory.NodeName]int{}}
	var serving []inventory.NodeName
	for i, m := range w.state.Plan.Masters() {
		serving = append(serving, m.Name)
		obs.Weights[m.Name] = i
	}
	obs.Quorums = []plan.Quorum{{Name: "zookeeper", Size: len(serving), Serving: serving}}
	return obs
}

// observation is what an honest look sees: who is out is out, and a master
// that is out makes the cluster red.
func (w world) observation() plan.Observation {
	obs := w.everything()
	for id, f := range w.nodes {
		if !f.out {
			continue
		}
		name := w.state.NodeOf(id)
		if w.state.IsMasterStep(id) {
			obs.Green = false
			obs.Findings = append(obs.Findings, unserved("zookeeper", name))
			for i, m := range obs.Quorums[0].Serving {
				if m == name {
					obs.Quorums[0].Serving = append(append([]inventory.NodeName(nil), obs.Quorums[0].Serving[:i]...), obs.Quorums[0].Serving[i+1:]...)
					break
				}
			}
		} else {
			obs.Out = append(obs.Out, name)
		}
	}
	return w.other.seen(obs)
}

func unserved(check string, n inventory.NodeName) dcos.Finding {
	return dcos.Finding{Check: check, Node: string(n), Status: dcos.Failed}
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

// ends is every way in which a started step can end.
func (w world) ends(st plan.Step) []world {
	switch {
	case st.Action.Mutates():
		return w.scriptEnds(st)
	case st.Action == plan.ActionProbe:
		return w.probeEnds(st)
	}
	var next []world
	if st.Action != plan.ActionServe || w.sound(st.Node) {
		done := w.fact(fmt.Sprintf("%s is done", st.ID), journal.Event{Kind: journal.StepEnded, Step: st.ID, Report: &plan.Report{Outcome: plan.Done}})
		if st.Action == plan.ActionServe {
			done.nodes = w.verified(st)
		}
		next = append(next, done)
	}
	if w.left.Troubles > 0 {
		bad := w.fact(fmt.Sprintf("%s fails", st.ID), journal.Event{Kind: journal.StepEnded, Step: st.ID, Report: &plan.Report{Outcome: plan.Failed, Class: plan.NotVerified}})
		bad.left.Troubles--
		next = append(next, bad)
	}
	return next
}

// sound reports whether gates can hold on a node: its script has ended, and not
// in the middle of its swap.
func (w world) sound(n inventory.NodeName) bool {
	for id, f := range w.nodes {
		if f.begun > 0 && w.state.NodeOf(id) == n && (!f.over || f.finishing || f.class != plan.ClassNone) {
			return false
		}
	}
	return true
}

// verified marks the node of a verified lane as in service.
func (w world) verified(st plan.Step) nodes {
	for id, f := range w.nodes {
		if f.out && w.state.NodeOf(id) == st.Node {
			f.out = false
			return w.nodes.with(id, f)
		}
	}
	return w.nodes
}

func (w world) scriptEnds(st plan.Step) []world {
	f := w.nodes[st.ID]
	if f.finishing {
		return w.finishEnds(st)
	}
	tell := func(how string, f fate, rep plan.Report, cost int) world {
		next := w.fact(fmt.Sprintf("%s %s", st.ID, how), journal.Event{Kind: journal.StepEnded, Step: st.ID, Report: &rep})
		next.nodes = w.nodes.with(st.ID, f)
		next.left.Troubles -= cost
		return next
	}
	if f.over { // adopted after its end: the node says how it was
		return []world{tell("is found to have ended", f, f.look(f.begun), 0)}
	}
	f.over = true
	next := []world{tell("is applied", f, plan.Report{Outcome: plan.Done}, 0)}
	if w.left.Troubles == 0 {
		return next
	}
	harmless := f
	harmless.class, harmless.out = plan.BeforeSwap, false
	broken := f
	broken.class, broken.cut = plan.MidSwap, true
	still := f
	still.class = plan.NotStarted
	return append(next,
		tell("fails before the swap", harmless, harmless.look(f.begun), 1),
		tell("dies in the swap", broken, broken.look(f.begun), 1),
		tell("is applied, and the services do not start", still, still.look(f.begun), 1),
		tell("is not heard of again, and ends well unheard", f, plan.Report{}, 1),
		tell("is not heard of again, and runs on", fate{begun: f.begun, out: true}, plan.Report{}, 1))
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
