package orchestrator

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Acceptance is a person's word that what is lost on an agent stays lost: its
// verification goes on without that, and demands all else as before.
type Acceptance struct {
	Node   inventory.NodeName `json:"node"`
	Loss   dcos.Loss          `json:"loss"`
	Reason string             `json:"reason"`
	By     string             `json:"by"`
	At     time.Time          `json:"at"`
}

// accept folds the acceptance of what the last report of an agent's lane says is
// lost; of no more than that, so that what is lost later stops the line again.
func accept(s State, e journal.Event) State {
	switch why := s.Acceptable(e.Node); {
	case s.Plan == nil || why != "":
		return disagree(s, fmt.Sprintf("the loss on %s was accepted, and cannot be: %s", e.Node, why))
	case e.Detail == "":
		return disagree(s, fmt.Sprintf("the loss on %s was accepted without a reason", e.Node))
	}
	s.Accepted = append(slices.Clip(s.Accepted), Acceptance{Node: e.Node, Loss: s.LostAt(e.Node), Reason: e.Detail, By: e.Controller, At: e.At})
	return s
}

// LostAt is what the last report of an agent's lane says is lost and no person has
// accepted so far.
func (s State) LostAt(node inventory.NodeName) dcos.Loss {
	loss := s.reported(node)
	if s.acceptedAt(node).Covers(loss) {
		return dcos.Loss{}
	}
	return loss
}

// Granted reports whether all that is lost on an agent was accepted, and its lane
// has not gone on since.
func (s State) Granted(node inventory.NodeName) bool {
	loss := s.reported(node)
	return !loss.Empty() && s.acceptedAt(node).Covers(loss)
}

// reported is what the last report of an agent's lane says is lost.
func (s State) reported(node inventory.NodeName) dcos.Loss {
	var loss dcos.Loss
	stage, lane, ok := s.laneOf(node)
	if !ok {
		return loss
	}
	l := s.Lanes[stage][lane]
	if l.Report == nil || l.Report.Outcome != plan.Failed || l.Phase != Broken && l.Phase != Admitted {
		return loss
	}
	for _, f := range l.Report.Findings {
		if !f.Status.OK() && (f.Node == "" || f.Node == string(node)) {
			loss = loss.Plus(f.Loss)
		}
	}
	return loss
}

// acceptedAt is all that was accepted as lost on an agent.
func (s State) acceptedAt(node inventory.NodeName) dcos.Loss {
	var loss dcos.Loss
	for _, a := range s.Accepted {
		if a.Node == node {
			loss = loss.Plus(a.Loss)
		}
	}
	return loss
}

// losses are the accepted ones by agent; nil where there are none.
func (s State) losses() map[inventory.NodeName]dcos.Loss {
	if len(s.Accepted) == 0 {
		return nil
	}
	m := map[inventory.NodeName]dcos.Loss{}
	for _, a := range s.Accepted {
		m[a.Node] = s.acceptedAt(a.Node)
	}
	return m
}

// laneOf finds the lane in which a node is patched.
func (s State) laneOf(node inventory.NodeName) (stage, lane int, ok bool) {
	for l := range s.lanesOf(node) {
		if l.disrupts() {
			return l.stage, l.lane, true
		}
	}
	return 0, 0, false
}

// Acceptable says why what is lost on a node cannot be accepted; empty when it can.
func (s State) Acceptable(node inventory.NodeName) string {
	n := s.node(node)
	switch {
	case s.Plan == nil:
		return "the run has not begun"
	case n.Name == "":
		return "it is not a node of the plan"
	case !n.Role.IsAgent():
		return "it is a master: nothing of a master may be lost"
	case n.Disposition != plan.Patch:
		return fmt.Sprintf("this run does not patch it: it is %s", n.Disposition)
	case s.LeftBehind(node) != "":
		return "it was left behind: " + s.LeftBehind(node)
	}
	stage, lane, ok := s.laneOf(node)
	switch {
	case !ok:
		return "this run does not patch it"
	case s.Lanes[stage][lane].Phase == Verified:
		return "it is patched and verified"
	case s.Granted(node):
		return "what is lost on it was accepted already"
	case s.LostAt(node).Empty():
		return "its last report says of no agent id and of no task that they are lost"
	case stage < s.Stage:
		return fmt.Sprintf("stage %s has ended without it", s.Plan.Stages[stage].ID)
	}
	if most, others := s.LossBudget(stage), s.acceptedIn(stage, node); others >= most {
		return fmt.Sprintf("the budget of stage %s is spent: %d of %d agents whose losses may be accepted", s.Plan.Stages[stage].ID, others, most)
	}
	return ""
}

// LossBudget is on how many agents of a stage losses may be accepted: as many as
// may fail in it, and one in any case, since a person has said so.
func (s State) LossBudget(stage int) int { return max(1, s.Plan.Stages[stage].MaxFailures) }

// acceptedIn counts the agents of a stage on which losses were accepted, without one.
func (s State) acceptedIn(stage int, but inventory.NodeName) int {
	var nodes []inventory.NodeName
	for _, a := range s.Accepted {
		if i, _, ok := s.laneOf(a.Node); ok && i == stage && a.Node != but && !slices.Contains(nodes, a.Node) {
			nodes = append(nodes, a.Node)
		}
	}
	return len(nodes)
}

// failures counts the lanes of the stage at work that its budget has to bear: those
// that failed, and those on which a loss was accepted.
func (s State) failures() int {
	n := s.count(Broken)
	for i, ln := range s.CurrentStage().Lanes {
		if s.Lanes[s.Stage][i].Phase != Broken && !s.acceptedAt(ln.Node).Empty() {
			n++
		}
	}
	return n
}
