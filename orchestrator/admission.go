package orchestrator

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// admission lets lanes into the window, or says why none may come.
func admission(s State) []Command {
	st := s.CurrentStage()
	if len(s.pending) == 0 || len(s.Flight) >= s.width() {
		return nil
	}
	if !needsTicket(s) {
		return []Command{{Record: admitted(s, s.pending[0], "")}}
	}
	for _, why := range sorted(s.away) {
		return held(s, why)
	}
	ask := Command{Observe: new(st.Ask())}
	if s.ticket == nil {
		return []Command{ask}
	}
	lane, proof, why := choose(s)
	if why != "" {
		if len(s.Flight) > 0 && s.ticket.Green { // our own lanes fill the budget: their end is what we wait for
			return nil
		}
		return append(held(s, why), ask)
	}
	if s.stale() {
		return append(held(s, s.tooOld()), ask)
	}
	if !s.HeldSince.IsZero() {
		return []Command{{Record: &journal.Event{Kind: journal.HoldEnded}}}
	}
	return []Command{{Record: admitted(s, lane, proof)}}
}

// needsTicket reports whether lanes of the stage at work are admitted only on
// a fresh observation of the cluster. Fetching packages on agents disturbs
// nothing; preflight and postflight look for themselves.
func needsTicket(s State) bool {
	st := s.CurrentStage()
	if st.Kind == plan.StageAhead {
		return s.node(st.Lanes[s.pending[0]].Node).Role == dcos.Master
	}
	return disruptive(st.Kind)
}

func admitted(s State, lane int, proof string) *journal.Event {
	st := s.CurrentStage()
	return &journal.Event{Kind: journal.LaneAdmitted, Stage: st.ID, Node: st.Lanes[lane].Node, Detail: proof}
}

// held records a HOLD once, and stops the line when it has lasted too long.
func held(s State, why string) []Command {
	if s.HeldSince.IsZero() {
		return []Command{{Record: &journal.Event{Kind: journal.Held, Detail: why}}}
	}
	if limit, lasted := s.Plan.HoldLimit.D(), elapsed.Most(s.HeldSince, s.At); limit > 0 && lasted >= limit {
		stop := &journal.Stop{Reason: journal.StopHeld, Detail: fmt.Sprintf("held for %s (hold_limit: %s): %s", lasted.Round(1e9), limit, why)}
		if s.waiting() {
			return []Command{{Record: &journal.Event{Kind: journal.RunStopped, Stop: stop}}}
		}
	}
	return nil
}

// choose picks the lane that may be admitted on the ticket, with the proof, or
// says why none may.
func choose(s State) (lane int, proof, why string) {
	st, obs := s.CurrentStage(), s.ticket
	if !obs.Green {
		return 0, "", notGreen(obs)
	}
	order := s.candidates()
	if st.Kind == plan.StageMasters || st.Kind == plan.StageAhead {
		order = order[:1] // a master is not passed over
	}
	for _, i := range order {
		proof, err := s.admissible(i)
		if err == nil {
			return i, proof, ""
		}
		if why == "" {
			why = err.Error()
		}
	}
	return 0, "", why
}

// admissible proves by the ticket that a pending lane of the stage at work may
// be admitted now.
func (s State) admissible(lane int) (proof string, err error) {
	st := s.CurrentStage()
	if err := s.allowed(lane); err != nil {
		return "", err
	}
	if why := s.owing(st.Lanes[lane].Node); why != "" {
		return "", errors.New(why)
	}
	switch {
	case st.Kind == plan.StageMasters:
		return s.proof(st.Lanes[lane].Node)
	case st.Kind == plan.StageAhead:
		return "cluster green", nil
	default:
		return plan.Admit(s.admission(st.Lanes[lane].Node))
	}
}

// allowed says why the ticket does not allow a lane anything, whatever room there is.
func (s State) allowed(lane int) error {
	for _, why := range sorted(s.away) {
		return errors.New(why)
	}
	withheld := s.withheld(lane)
	switch {
	case s.ticket == nil:
		return errors.New("nothing fresh is known of the cluster")
	case !s.ticket.Green:
		return errors.New(notGreen(s.ticket))
	case withheld != "":
		return errors.New(withheld)
	}
	return nil
}

// withheld says why the ticket admits no lane of the node, whatever room there is.
func (s State) withheld(lane int) string {
	st := s.CurrentStage()
	if s.ticket == nil || st.Kind == plan.StageAhead { // fetching disturbs nothing
		return ""
	}
	node := st.Lanes[lane].Node
	why := s.Plan.Withheld(*s.ticket, s.node(node), st.Kind, s.begun(lane), s.At)
	if why == "" {
		return ""
	}
	return fmt.Sprintf("%s waits: %s", node, why)
}

func notGreen(obs *plan.Observation) string {
	for _, f := range obs.Findings {
		if !f.Status.OK() {
			why := strings.TrimSpace(f.Check+" "+f.Node) + ": " + f.Observed
			if f.Want != "" {
				why += "; wanted " + f.Want
			}
			return why
		}
	}
	return "the cluster gate is not green, and gave no reason"
}

// candidates orders the pending lanes: nodes that are out already, then the
// stage's rule.
func (s State) candidates() []int {
	st, obs := s.CurrentStage(), s.ticket
	order := slices.Clone(s.pending)
	if st.Order != plan.OrderLeaderWeight && len(obs.Out) == 0 {
		return order
	}
	slices.SortStableFunc(order, func(a, b int) int {
		na, nb := st.Lanes[a].Node, st.Lanes[b].Node
		oa, ob := slices.Contains(obs.Out, na), slices.Contains(obs.Out, nb)
		if oa != ob {
			if oa {
				return -1
			}
			return 1
		}
		if st.Order != plan.OrderLeaderWeight {
			return a - b
		}
		if d := obs.Weights[na] - obs.Weights[nb]; d != 0 {
			return d
		}
		return strings.Compare(string(na), string(nb))
	})
	return order
}

func sorted(m map[plan.StepID]string) []string {
	keys := make([]plan.StepID, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	vals := make([]string, len(keys))
	for i, k := range keys {
		vals[i] = m[k]
	}
	return vals
}

// admission is the arithmetic's view of the state for one more lane.
func (s State) admission(node inventory.NodeName) plan.Admission {
	st := s.CurrentStage()
	a := plan.Admission{Candidate: node, Out: s.ticket.Out, Width: s.width(), MaxOut: s.Plan.MaxOut, ZoneSpread: st.ZoneSpread,
		Zones: map[inventory.NodeName]string{node: s.node(node).Zone}}
	for _, i := range s.Flight {
		n := st.Lanes[i].Node
		a.InFlight = append(a.InFlight, n)
		a.Zones[n] = s.node(n).Zone
	}
	for _, u := range s.ticket.Unknown {
		if !u.Active {
			a.Foreign++
		}
	}
	return a
}
