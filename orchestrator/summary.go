package orchestrator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Tally counts nodes by what became of them. Every node of the plan is counted
// once.
type Tally struct {
	Nodes     int `json:"nodes"`
	Verified  int `json:"verified"`
	InFlight  int `json:"in_flight"`
	InDoubt   int `json:"in_doubt"` // nobody knows how a step of theirs ended
	Failed    int `json:"failed"`
	Parked    int `json:"parked"`
	Untouched int `json:"untouched"`
	AtTarget  int `json:"at_target"`
	Excluded  int `json:"excluded"`
}

// Tallies gives the tally of masters and of agents.
func (s State) Tallies() (masters, agents Tally) {
	if s.Plan == nil {
		return
	}
	phase, doubt := s.phases(), s.InDoubt()
	for _, n := range s.Plan.Nodes {
		t := &agents
		if n.Role == dcos.Master {
			t = &masters
		}
		t.Nodes++
		ph, planned := phase[n.Name]
		switch {
		case n.Disposition == plan.AtTarget:
			t.AtTarget++
		case n.Disposition == plan.Excluded:
			t.Excluded++
		case !planned || ph == Pending:
			t.Untouched++
		case ph == Verified:
			t.Verified++
		case ph == Parked:
			t.Parked++
		case ph == Broken && slices.Contains(doubt, n.Name):
			t.InDoubt++
		case ph == Broken:
			t.Failed++
		default:
			t.InFlight++
		}
	}
	return masters, agents
}

// InDoubt names the nodes of lanes that ended without anybody knowing how, in
// the plan's order of lanes.
func (s State) InDoubt() []inventory.NodeName {
	var names []inventory.NodeName
	if s.Plan == nil {
		return nil
	}
	for i, st := range s.Plan.Stages {
		for k, ln := range st.Lanes {
			if l := s.Lanes[i][k]; disruptive(st.Kind) && l.Phase == Broken && l.Report != nil && l.Report.Outcome == plan.InDoubt {
				names = append(names, ln.Node)
			}
		}
	}
	return names
}

// phases maps nodes to the phase of their disruptive lane. A node that could
// not be staged ahead is parked until, or unless, that lane says otherwise.
func (s State) phases() map[inventory.NodeName]Phase {
	m := map[inventory.NodeName]Phase{}
	for i, st := range s.Plan.Stages {
		for k, ln := range st.Lanes {
			l := s.Lanes[i][k]
			switch {
			case st.Kind == plan.StageAhead && l.Phase == Parked:
				m[ln.Node] = Parked
			case !disruptive(st.Kind), l.Phase == Pending && m[ln.Node] == Parked:
			case l.Phase == Admitted && touchedAt(ln.Steps, l) && verifiedBy(ln.Steps, l):
				m[ln.Node] = Verified // what is left of its lane is waiting
			default:
				m[ln.Node] = l.Phase
			}
		}
	}
	return m
}

// Safety says whether a stopped run may be left as it is, and why.
type Safety struct {
	Safe bool
	Why  string
}

// SafeToLeave is computed from the state, and is conservative: what is not
// known to be back is out.
func (s State) SafeToLeave() Safety {
	if s.Plan == nil {
		return Safety{Why: "nothing is known about this run"}
	}
	if s.Stop != nil && s.Stop.Reason == journal.StopTakenOver {
		return Safety{Why: "another controller has taken this run over, or may: only its journal knows how the nodes are"}
	}
	masters, agents := s.Tallies()
	if out := s.masterOut(); out != "" {
		return Safety{Why: fmt.Sprintf("master %s is not back and verified: another failure may cost the quorum", out)}
	}
	for i, st := range s.Plan.Stages {
		for k, l := range s.Lanes[i] {
			step := st.Lanes[k].Steps[l.Step]
			if !disruptive(st.Kind) || l.Phase == Pending || l.Phase == Verified || !step.Action.Mutates() {
				continue
			}
			if l.Report != nil && l.Report.Class == plan.MidSwap {
				return Safety{Why: fmt.Sprintf("%s is in the middle of a swap, with its services stopped", st.Lanes[k].Node)}
			}
			if l.Progress != Idle && (l.Report == nil || l.Report.Outcome != plan.Failed) {
				return Safety{Why: fmt.Sprintf("the script may still be running on %s", st.Lanes[k].Node)}
			}
		}
	}
	if s.Look != nil && !s.Look.Green {
		return Safety{Why: "the cluster is not whole: " + notGreen(s.Look)}
	}
	why := fmt.Sprintf("masters %d/%d serve", masters.Nodes-masters.Excluded, masters.Nodes)
	switch {
	case masters.Untouched > 0 && masters.Verified > 0:
		why += "; they are of two versions, so Marathon, Metronome and the UI may be red until all are patched"
	case agents.Untouched > 0:
		why += "; older agents under newer masters work"
	}
	if n := agents.Failed + agents.InDoubt + agents.InFlight; n > 0 {
		why += fmt.Sprintf("; %d agent(s) are not verified, their tasks may be rescheduled", n)
	}
	return Safety{Safe: true, Why: why + s.missing()}
}

// missing says which agents were out of service as the run was left.
func (s State) missing() string {
	if s.Look == nil || len(s.Look.Out) == 0 {
		return ""
	}
	const shown = 5
	var names []string
	for _, n := range s.Look.Out[:min(len(s.Look.Out), shown)] {
		names = append(names, string(n))
	}
	if more := len(s.Look.Out) - shown; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return "; out of service: " + strings.Join(names, ", ")
}

// masterOut names a master that was touched and is not verified.
func (s State) masterOut() string {
	for i, st := range s.Plan.Stages {
		if st.Kind != plan.StageMasters {
			continue
		}
		for k, l := range s.Lanes[i] {
			if (l.Phase == Admitted || l.Phase == Broken) && touchedAt(st.Lanes[k].Steps, l) && !verifiedBy(st.Lanes[k].Steps, l) {
				return string(st.Lanes[k].Node)
			}
		}
	}
	return ""
}

// touchedAt reports whether a lane's mutating step was started and is not
// proved to have been harmless.
func touchedAt(steps []plan.Step, l Lane) bool {
	for i, st := range steps[:l.Step+1] {
		if !st.Action.Mutates() {
			continue
		}
		if i < l.Step {
			return true
		}
		harmless := l.Report != nil && l.Report.Outcome == plan.Failed && l.Report.Class == plan.BeforeSwap
		return !harmless && (l.Progress != Idle || l.Adopt)
	}
	return false
}

// verifiedBy reports whether every verifying step of the lane is behind it.
func verifiedBy(steps []plan.Step, l Lane) bool {
	for _, st := range steps[l.Step:] {
		if st.Action.Verifies() {
			return false
		}
	}
	return true
}
