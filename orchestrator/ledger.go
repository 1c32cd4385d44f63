package orchestrator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Obligations are the temporary changes of the run that have not been undone,
// in the order of their opening. Upload directories are not among them: each is
// removed by the call that made it, and what a cut connection leaves of one is
// found by looking.
func (s State) Obligations() []journal.Obligation { return slices.Clone(s.ledger) }

// OwesFor reports whether an obligation is open.
func (s State) OwesFor(id plan.Obligation) bool {
	return slices.ContainsFunc(s.ledger, func(o journal.Obligation) bool { return o.ID == id })
}

// owe folds an obligation's opening or closing.
func owe(s State, e journal.Event) State {
	if e.Obligation == nil || e.Obligation.ID == "" {
		return disagree(s, fmt.Sprintf("%s without an obligation", e.Kind))
	}
	if e.Kind == journal.ObligationOpened {
		return opened(s, *e.Obligation)
	}
	return closed(s, *e.Obligation)
}

// closed takes nodes from an obligation that is open, or all of it.
func closed(s State, o journal.Obligation) State {
	i := slices.IndexFunc(s.ledger, func(have journal.Obligation) bool { return have.ID == o.ID })
	if i < 0 {
		return s // undone twice is undone
	}
	all := slices.Clone(s.ledger)
	left := slices.DeleteFunc(slices.Clone(all[i].Nodes), func(n inventory.NodeName) bool { return slices.Contains(o.Nodes, n) })
	if len(o.Nodes) == 0 || len(left) == 0 {
		s.ledger = slices.Delete(all, i, i+1)
		return s
	}
	all[i].Nodes = left
	s.ledger = all
	return s
}

// opened adds an obligation, or more nodes to one that is open.
func opened(s State, o journal.Obligation) State {
	all := slices.Clone(s.ledger)
	i := slices.IndexFunc(all, func(have journal.Obligation) bool { return have.ID == o.ID })
	if i < 0 {
		o.Nodes = slices.Clip(o.Nodes) // what is appended is the ledger's alone
		s.ledger = append(all, o)
		return s
	}
	for _, n := range o.Nodes {
		if !slices.Contains(all[i].Nodes, n) {
			all[i].Nodes = append(all[i].Nodes, n)
		}
	}
	if len(o.Was) > 0 {
		was := maps.Clone(o.Was)
		maps.Copy(was, all[i].Was) // the first is what was there before
		all[i].Was = was
	}
	s.ledger = all
	return s
}

// openFor derives from a step's start what is owed on its node from then on.
func openFor(s State, st plan.Step, baseline json.RawMessage) State {
	kind := st.Action.Spec().Owes
	i := slices.IndexFunc(s.ledger, func(o journal.Obligation) bool { return o.ID == kind })
	if kind == plan.OwesNothing || i >= 0 && slices.Contains(s.ledger[i].Nodes, st.Node) {
		return s
	}
	o := journal.Owe(kind, st.Node)
	if o.Undoable {
		o.Was = map[inventory.NodeName]json.RawMessage{st.Node: baseline}
	}
	return opened(s, o)
}

// closeFor closes the temporary change that a step has opened, when its report says
// that it is undone. What else a step opens, sweep needs to know.
func closeFor(s State, st plan.Step, rep plan.Report) State {
	kind := st.Action.Spec().Owes
	if !rep.Undone || !kind.Spec().Temporary {
		return s
	}
	return closed(s, journal.Obligation{ID: kind, Nodes: []inventory.NodeName{st.Node}})
}
