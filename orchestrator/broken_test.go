package orchestrator

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// breakage makes a broken engine of the sound one: what it decides instead, nil
// where it decides soundly. It does not care whether the line was stopped.
type breakage func(s State) []Command

func (b breakage) next(s State, e journal.Event) (State, []Command) {
	s, cmds := Next(s, e)
	if s.Plan != nil && s.Ended == "" && s.CurrentStage() != nil {
		if bad := b(s); bad != nil {
			return s, bad
		}
	}
	return s, cmds
}

// admits the first lane that waits, whatever is known.
func admitsOne(s State) []Command {
	return []Command{{Record: admitted(s, s.pending[0], "trust me")}}
}

// starts the step at work of a lane.
func starts(s State, lane, attempt int) []Command {
	return []Command{{Start: &plan.Task{Plan: s.Plan, Run: s.Run, Epoch: s.Epoch, Step: s.step(lane), Attempt: attempt}}}
}

// running is the lane whose script runs; -1 when there is none.
func running(s State) int {
	for _, i := range s.Flight {
		if s.step(i).Action.Mutates() && s.Lanes[s.Stage][i].Progress == Started {
			return i
		}
	}
	return -1
}

// TestABrokenEngineIsStoppedBeforeItBeginsAnything drives engines of which each
// breaks one rule, as soon as it can.
func TestABrokenEngineIsStoppedBeforeItBeginsAnything(t *testing.T) {
	at := func(s State, kind plan.StageKind) bool { return s.CurrentStage().Kind == kind }
	for _, c := range []struct {
		name   string
		breaks breakage
		out    []inventory.NodeName // of service, besides
		want   string
		begun  []plan.StepID // scripts
	}{
		{"a master is taken without a look at the cluster", func(s State) []Command {
			if at(s, plan.StageMasters) && len(s.Flight) == 0 && s.ticket == nil {
				return admitsOne(s)
			}
			return nil
		}, nil, "admitted without a proof: nothing fresh", nil},
		{"a second master is taken while the script of the first runs", func(s State) []Command {
			if at(s, plan.StageMasters) && running(s) >= 0 {
				return admitsOne(s)
			}
			return nil
		}, nil, "admitted without a proof", []plan.StepID{"masters/m2/patch"}},
		{"a second master is taken on the look that the first was taken on", func(s State) []Command {
			if at(s, plan.StageMasters) && len(s.Flight) == 1 && s.ticket != nil {
				return admitsOne(s)
			}
			return nil
		}, nil, "2 nodes in flight", nil},
		{"a master's script is begun without the second look", func(s State) []Command {
			for _, i := range s.Flight {
				if s.unproved(i) {
					return starts(s, i, 1)
				}
			}
			return nil
		}, nil, "started without a proof", nil},
		{"a script is begun again while it runs", func(s State) []Command {
			if i := running(s); i >= 0 {
				return starts(s, i, 2)
			}
			return nil
		}, nil, "out of its turn", []plan.StepID{"masters/m2/patch"}},
		{"a script is begun as another attempt than it is", func(s State) []Command {
			for _, i := range s.Flight {
				if at(s, plan.StageGroup) && s.step(i).Action.Mutates() && s.Lanes[s.Stage][i].Progress == Idle {
					return starts(s, i, 7)
				}
			}
			return nil
		}, nil, "as attempt 7", []plan.StepID{"masters/m1/patch", "masters/m2/patch", "masters/m3/patch"}},
		{"a node is begun with that was not admitted", func(s State) []Command {
			if at(s, plan.StageGroup) && len(s.Flight) == 0 {
				return starts(s, s.pending[0], 1)
			}
			return nil
		}, nil, "out of its turn", []plan.StepID{"masters/m1/patch", "masters/m2/patch", "masters/m3/patch"}},
		{"an agent is taken before the masters are verified", func(s State) []Command {
			if at(s, plan.StageMasters) {
				return []Command{{Record: &journal.Event{Kind: journal.LaneAdmitted, Stage: "general", Node: "a1", Detail: "trust me"}}}
			}
			return nil
		}, nil, "not at work", nil},
		{"an agent more than the width is taken", func(s State) []Command {
			if at(s, plan.StageGroup) && len(s.Flight) == 2 && len(s.pending) > 0 && s.ticket != nil {
				return admitsOne(s)
			}
			return nil
		}, nil, "width 2", []plan.StepID{"masters/m1/patch", "masters/m2/patch", "masters/m3/patch"}},
		{"an agent is taken while as many are out as may be", func(s State) []Command {
			if at(s, plan.StageGroup) && len(s.Flight) == 0 && s.ticket != nil {
				return admitsOne(s)
			}
			return nil
		}, []inventory.NodeName{"x1", "x2", "x3", "x4"}, "max_out", []plan.StepID{"masters/m1/patch", "masters/m2/patch", "masters/m3/patch"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &script{next: c.breaks.next, out: c.out}
				s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, agents: 4, width: 2, maxOut: 4})), nil)
				if err != nil || s.Ended != journal.RunStopped || s.Stop.Reason != journal.StopInvariant || !strings.Contains(s.Stop.Detail, c.want) {
					t.Fatalf("ended %q, stop %+v, err %v; want a stop that says %q", s.Ended, s.Stop, err, c.want)
				}
				var begun []plan.StepID
				for _, id := range w.did {
					if strings.HasSuffix(string(id), "/patch") {
						begun = append(begun, id)
					}
				}
				slices.Sort(begun)
				if !slices.Equal(begun, c.begun) {
					t.Errorf("scripts begun: %v, want %v", begun, c.begun)
				}
			})
		})
	}
}
