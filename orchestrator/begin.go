package orchestrator

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/journal"
)

// admit folds an admission. It must be one that the state proves: of a lane that
// waits, in the stage at work, on a fresh look at the cluster.
func admit(s State, e journal.Event) State {
	at := s.CurrentStage()
	if at == nil || at.ID != e.Stage {
		return disagree(s, fmt.Sprintf("%s admitted to stage %q, which is not at work", e.Node, e.Stage))
	}
	for k, i := range s.pending {
		if at.Lanes[i].Node == e.Node {
			if needsTicket(s) {
				if _, err := s.admissible(i); err != nil {
					return disagree(s, fmt.Sprintf("%s admitted without a proof: %v", e.Node, err))
				}
				if s.stale() {
					return disagree(s, fmt.Sprintf("%s admitted, and %s", e.Node, s.tooOld()))
				}
			}
			if k == 0 { // the usual case, and the one that must be cheap for ten thousand lanes
				s.pending = s.pending[1:]
			} else {
				s.pending = slices.Delete(s.pending, k, k+1)
			}
			s.Flight = append(s.Flight, i)
			l := s.Lanes[s.Stage][i].fresh()
			l.Phase, l.Since, l.Began = Admitted, e.At, e.At
			s.Lanes[s.Stage][i] = l
			return s
		}
	}
	return disagree(s, fmt.Sprintf("%s admitted twice, or not of stage %q", e.Node, e.Stage))
}

// startStep folds the beginning of a step. What is out of its turn, without its
// proof or under a wrong number is refused, and not begun (Driver).
func startStep(s State, e journal.Event) State {
	i, ok := s.find(e.Step)
	if !ok || s.Lanes[s.Stage][i].Progress != Idle {
		return disagree(s, fmt.Sprintf("%s started out of its turn", e.Step))
	}
	l, st := &s.Lanes[s.Stage][i], s.step(i)
	if st.Action.Mutates() && e.Attempt != l.Attempt(st) {
		return disagree(s, fmt.Sprintf("%s started as attempt %d, expected %d", e.Step, e.Attempt, l.Attempt(st)))
	}
	if s.unproved(i) {
		if _, err := s.launchProof(i); err != nil {
			return disagree(s, fmt.Sprintf("%s started without a proof: %v", e.Step, err))
		}
		if s.stale() {
			return disagree(s, fmt.Sprintf("%s started, and %s", e.Step, s.tooOld()))
		}
	}
	if err := s.startRemedy(i, e); err != nil {
		return disagree(s, err.Error())
	}
	l.Progress, l.Since = Started, e.At
	s = openFor(s, st, l.Baseline)
	if !st.Action.Mutates() {
		return s
	}
	s = disturb(s, e)
	if s.node(st.Node).Role == dcos.Master {
		s.Master = st.Node
	}
	return s
}
