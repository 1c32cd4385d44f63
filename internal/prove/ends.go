package prove

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

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
