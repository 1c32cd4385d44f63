package orchestrator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Key is a canonical text of everything in the state that decides what can
// follow: two states with the same key lead to the same commands. Times and
// sequence numbers are left out but for what they decide.
func (s State) Key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %q %q %t %t", s.Stage, s.Ended, s.Master, s.Paused, s.HeldSince.IsZero())
	if s.Stop != nil {
		fmt.Fprintf(&b, " stop %s", s.Stop.Reason)
	}
	if s.ticket != nil {
		fmt.Fprintf(&b, " ticket %t %t %v", s.ticket.Green, s.stale(), slices.Sorted(slices.Values(s.ticket.Out)))
		for _, a := range s.ticket.Agents {
			fmt.Fprintf(&b, " %s %s", a.Node, a.State)
		}
		if s.remedyNext() { // what is red, and who serves, decide whether a remedy may start
			writeRed(&b, *s.ticket)
		}
	}
	for _, why := range sorted(s.away) {
		b.WriteString(" away " + why)
	}
	for _, o := range s.ledger {
		if o.ID.Spec().Temporary || o.Undoable {
			fmt.Fprintf(&b, " %s %v", o.ID, o.Nodes)
		}
		for _, n := range o.Nodes {
			if why := s.stuck[owedAt{o.ID, n}]; why != "" {
				fmt.Fprintf(&b, " stuck %s", n)
			}
		}
	}
	fmt.Fprintf(&b, " finish %v", s.Finish)
	for _, a := range s.Accepted {
		fmt.Fprintf(&b, " accepted %s %v", a.Node, a.Loss)
	}
	for i := range s.Lanes {
		b.WriteByte('|')
		for _, l := range s.Lanes[i] {
			fmt.Fprintf(&b, "%d%d%d%t", l.Phase, l.Step, l.Progress, l.ParkReason != "")
			for _, n := range l.States {
				if n.Ran = (Ran{}); n != (StepState{Step: n.Step}) {
					fmt.Fprintf(&b, "%v", n)
				}
			}
			if l.Remedied || l.Remedy != "" {
				fmt.Fprintf(&b, "%t%s", l.Remedied, l.Remedy)
			}
			if l.Report != nil {
				fmt.Fprintf(&b, "%d%s", l.Report.Outcome, l.Report.Class)
			}
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func writeRed(b *strings.Builder, obs plan.Observation) {
	for _, f := range obs.Findings {
		if !f.Status.OK() {
			fmt.Fprintf(b, " red %s %s %v", f.Check, f.Node, obs.DueTo[f.Check])
		}
	}
	for _, q := range obs.Quorums {
		fmt.Fprintf(b, " %s %v %v", q.Name, q.Serving, q.Hindered)
	}
}

// NodeOf is the node of a step; empty for a step of the cluster.
func (s State) NodeOf(id plan.StepID) inventory.NodeName {
	ln, _ := s.LaneOf(id)
	return ln.Node
}

// IsMasterStep reports whether the step acts on a master.
func (s State) IsMasterStep(id plan.StepID) bool { return s.node(s.NodeOf(id)).Role == dcos.Master }
