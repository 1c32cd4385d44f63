package orchestrator

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestTheMonitorStopsABrokenEngine gives the driver states that a sound engine
// cannot reach, as if Next had let in what it must not. The rules are looked at
// before every decision: the line stops, nodes in hand are verified, and no
// script is begun.
func TestTheMonitorStopsABrokenEngine(t *testing.T) {
	const masters, agents = 1, 3 // stages of the plan
	p := testPlan(shape{masters: 3, agents: 4, width: 2, maxOut: 4})
	flying := func(s *State, stage, step int, lanes ...int) {
		s.Stage, s.pending, s.Flight = stage, nil, lanes
		for i := range s.Lanes[stage] {
			if slices.Contains(lanes, i) {
				s.Lanes[stage][i] = Lane{Phase: Admitted, Step: step}
			} else {
				s.pending = append(s.pending, i)
			}
		}
	}
	done := func(s *State) {
		for i := range s.Lanes[masters] {
			s.Lanes[masters][i].Phase = Verified
		}
	}
	for _, c := range []struct {
		name  string
		forge func(s *State)
		want  string
		did   []plan.StepID // what may still be done
	}{
		{"two masters are in hand", func(s *State) { flying(s, masters, 2, 0, 1) }, "two masters out at once: m1 and m2", []plan.StepID{"masters/m1/serve", "masters/m2/serve"}},
		{"an agent is let in before the masters are done", func(s *State) { flying(s, agents, 0, 0) }, "agents are taken before master m1 is done", nil},
		{"an agent more than the width is in hand", func(s *State) { done(s); flying(s, agents, 3, 0, 1, 2) }, "width 2",
			[]plan.StepID{"general/a1/serve", "general/a2/serve", "general/a3/serve"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tp := newTape(p)
				c.forge(&tp.s)
				w := &script{}
				s, err := w.drive(t.Context(), tp.s, journal.Event{Kind: journal.HoldEnded}, nil)
				if err != nil || s.Stop == nil || s.Stop.Reason != journal.StopInvariant || !strings.Contains(s.Stop.Detail, c.want) {
					t.Fatalf("ended %q, stop %+v, err %v; want a stop that says %q", s.Ended, s.Stop, err, c.want)
				}
				slices.Sort(w.did)
				if !slices.Equal(w.did, c.did) {
					t.Errorf("did %v, want %v", w.did, c.did)
				}
			})
		})
	}
}
