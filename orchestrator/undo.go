package orchestrator

import (
	"fmt"
	"maps"
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// undos has the engine's own obligations undone, node by node: those of lanes that
// are verified, failed, parked or wait again, and of lanes that go no further since
// the line stops.
func undos(s State) []Command {
	var cmds []Command
	for _, o := range s.ledger {
		if !o.Undoable { // of most, ten thousand nodes are owed
			continue
		}
		for _, n := range o.Nodes {
			if !s.holds(n) && s.stuck[owedAt{o.ID, n}] == "" {
				cmds = append(cmds, Command{Undo: &plan.Undoing{Plan: s.Plan, Run: s.Run, Epoch: s.Epoch, Kind: o.ID, Node: n, Was: o.Was[n]}})
			}
		}
	}
	return cmds
}

// owedAt is an obligation on one node.
type owedAt struct {
	kind plan.Obligation
	node inventory.NodeName
}

// holds reports whether a lane of the node is at work, and needs what it has opened.
func (s State) holds(node inventory.NodeName) bool {
	for _, i := range s.Flight {
		if s.CurrentStage().Lanes[i].Node == node {
			return s.Lanes[s.Stage][i].Progress != Idle || !s.halted(i)
		}
	}
	return false
}

// undoFailed folds that an obligation could not be undone. A resume tries again.
func undoFailed(s State, e journal.Event) State {
	if e.Obligation == nil || e.Obligation.ID == "" {
		return disagree(s, "undoing failed of no obligation")
	}
	s.stuck = maps.Clone(s.stuck)
	if s.stuck == nil {
		s.stuck = map[owedAt]string{}
	}
	for _, n := range e.Obligation.Nodes {
		s.stuck[owedAt{e.Obligation.ID, n}] = e.Detail
	}
	return s
}

// owing says what must be undone on a node before a lane of it is admitted again;
// empty: nothing.
func (s State) owing(node inventory.NodeName) string {
	for _, o := range s.ledger {
		if o.Undoable && slices.Contains(o.Nodes, node) {
			why := fmt.Sprintf("%s waits: %s is to be undone first", node, o.What)
			if failed := s.stuck[owedAt{o.ID, node}]; failed != "" {
				why += ", which failed: " + failed
			}
			return why
		}
	}
	return ""
}

// over is how a run ends whose stages have ended: with everything of the engine's
// undone, or stopped.
func over(s State) []Command {
	if cmds := undos(s); len(cmds) > 0 {
		return cmds
	}
	for _, n := range s.Plan.Nodes {
		if why := s.owing(n.Name); why != "" {
			return []Command{{Record: &journal.Event{Kind: journal.RunStopped, Stop: &journal.Stop{Reason: journal.StopFailed, Node: n.Name, Detail: why}}}}
		}
	}
	return []Command{{Record: &journal.Event{Kind: journal.RunDone}}}
}
