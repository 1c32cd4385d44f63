package prove

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/internal/safety"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// approvals are the sets of nodes that a resume can be given the approval for:
// none, each alone that is known to be cut, and all that may be.
func (w world) approvals() [][]inventory.NodeName {
	sets := [][]inventory.NodeName{nil}
	if w.left.Unapproved {
		return sets
	}
	all := w.state.Suspects()
	if known := w.state.Finishable(); len(all) > 1 {
		for _, n := range known {
			sets = append(sets, []inventory.NodeName{n})
		}
	}
	if len(all) > 0 {
		sets = append(sets, all)
	}
	return sets
}

// without takes an approval back: each is for what the next look finds, and for one
// answered call.
func without(approved []inventory.NodeName, n inventory.NodeName) []inventory.NodeName {
	return slices.DeleteFunc(slices.Clone(approved), func(m inventory.NodeName) bool { return m == n })
}

// finish is a call of finish-swap that is recorded, and then reaches its node or
// does not.
func (w world) finish(t plan.Task) []world {
	id, n := t.Step.ID, t.Step.Node
	recorded := w.fact(fmt.Sprintf("finish-swap starts on %s", n), journal.Event{Kind: journal.StepStarted, Step: id, Attempt: t.Attempt, Remedy: t.Remedy})
	var next []world
	if w.left.Crashes > 0 {
		next = recorded.resumed(fmt.Sprintf("finish-swap on %s is recorded, the controller dies before the node hears of it, another resumes", n))
	}
	f := w.nodes[id]
	r := safety.Remedy{Node: string(n), Approved: slices.Contains(w.approved, n), Proved: t.Proof != "", Cut: f.over && f.cut && f.class != plan.ClassNone}
	recorded.bad = append(r.Broken(), w.taking().Finish(string(n))...)
	f.finishing = true
	recorded.nodes = w.nodes.with(id, f)
	return append(next, recorded)
}

// end is how a call of finish-swap can end on its node.
type end struct {
	fate fate
	how  string
	cost int // in troubles
}

// finished is every such end that so many troubles allow.
func (f fate) finished(troubles int) []end {
	f.finishing = false
	well, half := f, f
	well.class, half.class = plan.ClassNone, plan.NotStarted
	ends := []end{{well, "finishes the swap", 0}}
	if troubles == 0 {
		return ends
	}
	if f.class == plan.MidSwap {
		ends = append(ends, end{f, "is refused, or cut again", 1})
	}
	return append(ends, end{half, "is cut before the services start", 1})
}

// quiet are the fates that a look can find, which waits for a call that is at work.
func (f fate) quiet(troubles int) []end {
	if !f.finishing {
		return []end{{fate: f}}
	}
	return f.finished(troubles)
}

// finishEnds is every way in which a call of finish-swap can end, heard and
// unheard.
func (w world) finishEnds(st plan.Step) []world {
	f := w.nodes[st.ID]
	tell := func(e end, rep plan.Report) world {
		next := w.fact(fmt.Sprintf("finish-swap on %s %s", st.Node, e.how), journal.Event{Kind: journal.StepEnded, Step: st.ID, Report: &rep})
		next.nodes = w.nodes.with(st.ID, e.fate)
		next.left.Troubles -= e.cost
		if rep.Outcome != plan.NotRun {
			next.approved = without(w.approved, st.Node)
		}
		return next
	}
	var next []world
	for _, e := range f.finished(w.left.Troubles) {
		next = append(next, tell(e, e.fate.look(f.begun)))
		if w.left.Troubles > e.cost {
			next = append(next, tell(end{e.fate, e.how + ", unheard", e.cost + 1}, plan.Report{}))
		}
	}
	if w.left.Troubles > 0 {
		idle := f
		idle.finishing = false
		next = append(next,
			tell(end{idle, "is not called in time", 1}, plan.Report{Outcome: plan.NotRun, Class: plan.MidSwap}),
			tell(end{f, "is not heard of again, and runs on", 1}, plan.Report{}))
	}
	return next
}
