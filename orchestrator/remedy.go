package orchestrator

import (
	"errors"
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/internal/safety"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Finishable names the nodes of the stage at work whose swap was cut, or may have
// been: a resume may be given the approval to finish it.
func (s State) Finishable() []inventory.NodeName {
	if s.CurrentStage() == nil {
		return nil
	}
	var names []inventory.NodeName
	for i, l := range s.Lanes[s.Stage] {
		st := s.step(i)
		cut := l.Report != nil && l.Report.Class == plan.MidSwap || l.Remedied
		if st.Action.Spec().Remedy != plan.RemedyNone && disruptive(s.CurrentStage().Kind) && (l.Phase == Broken || l.Phase == Admitted) && l.ParkReason == "" && cut {
			names = append(names, st.Node)
		}
	}
	return names
}

// mends reports whether what a look has found of a lane is to be remedied now: its
// swap is cut, or its remedy was cut after the swap, and the operator has approved.
func (s State) mends(lane int, rep plan.Report) bool {
	l, st := s.Lanes[s.Stage][lane], s.step(lane)
	cut := rep.Class == plan.MidSwap || rep.Class == plan.NotStarted && l.Remedied
	return rep.Outcome == plan.Failed && cut && disruptive(s.CurrentStage().Kind) && slices.Contains(s.Finish, st.Node) &&
		st.Action.Spec().Remedy != plan.RemedyNone
}

// mend makes the remedy the next thing that the lane does, on a look at the
// cluster that is begun from here on.
func mend(s State, lane int, e journal.Event) State {
	l := &s.Lanes[s.Stage][lane]
	l.Remedy, l.Progress = s.step(lane).Action.Spec().Remedy, Idle
	l.now(func(n *StepState) { n.Adopt = false })
	return disturb(s, e)
}

// remedyNext reports whether a remedy is the next thing to be done.
func (s State) remedyNext() bool {
	return s.CurrentStage() != nil && slices.ContainsFunc(s.Flight, func(i int) bool { return s.Lanes[s.Stage][i].Remedy != plan.RemedyNone })
}

// remedyAgain sends a remedy that has started nothing back to wait for a fresh
// proof, a few times. Unlike a script that was not started, it leaves its node
// touched.
func remedyAgain(s State, lane int, e journal.Event) State {
	l := &s.Lanes[s.Stage][lane]
	if l.now(func(n *StepState) { n.Late++ }); l.Now().Late < lateLimit {
		return mend(s, lane, e)
	}
	rep := *e.Report
	rep.Outcome, rep.Class = plan.Failed, plan.MidSwap
	rep.Detail = fmt.Sprintf("%s was called %d times in vain: %s", l.Remedy, l.Now().Late, rep.Detail)
	l.Remedy, l.Report, e.Report = plan.RemedyNone, &rep, &rep
	return failLane(s, lane, e)
}

// remedyProof shows by the ticket that a master may be stopped for its remedy.
func (s State) remedyProof(master inventory.NodeName) (string, error) {
	if s.ticket == nil {
		return "", fmt.Errorf("%s: nothing fresh is known of the cluster", master)
	}
	return s.Plan.ProveRemedy(*s.ticket, master)
}

// startRemedy says why a step may not be started as it was; nil: it may.
func (s State) startRemedy(lane int, e journal.Event) error {
	l, st := &s.Lanes[s.Stage][lane], s.step(lane)
	switch {
	case e.Remedy != l.Remedy:
		return fmt.Errorf("%s started as %q, expected %q", e.Step, e.Remedy, l.Remedy)
	case l.Remedy == plan.RemedyNone:
		return nil
	case !slices.Contains(s.Finish, st.Node):
		return errors.New("a remedy was started without the operator's approval on " + string(st.Node))
	}
	l.Remedied = true
	return nil
}

// approvalUsed takes an approval back once its remedy has had an answer, or the
// look at the node has found no swap to finish.
func (s State) approvalUsed(node inventory.NodeName) State {
	s.Finish = slices.DeleteFunc(slices.Clone(s.Finish), func(n inventory.NodeName) bool { return n == node })
	return s
}

// unknownRemedies finds lanes that are to be remedied although nothing tells that
// their swap was cut.
func unknownRemedies(s State) []string {
	var bad []string
	st := s.CurrentStage()
	for _, i := range s.Flight {
		l := s.Lanes[s.Stage][i]
		if l.Remedy == plan.RemedyNone {
			continue
		}
		cut := l.Report != nil && (l.Report.Class == plan.MidSwap || l.Report.Class == plan.NotStarted || l.Report.Outcome == plan.NotRun)
		r := safety.Remedy{Node: string(st.Lanes[i].Node), Approved: true, Proved: true, Cut: cut && s.step(i).Action.Spec().Remedy == l.Remedy} // what else it needs is asked as it starts
		bad = append(bad, r.Broken()...)
	}
	return bad
}
