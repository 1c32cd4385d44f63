package orchestrator_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/prove"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// patched is a run of the plan in which every step is done and every look is the same.
func patched(t *testing.T, p *plan.Plan, obs plan.Observation) orchestrator.State {
	t.Helper()
	s := orchestrator.New()
	var cmds []orchestrator.Command
	add := func(e journal.Event) {
		e.Seq, e.At = s.Seq+1, time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC).Add(time.Duration(s.Seq)*time.Second)
		s, cmds = orchestrator.Next(s, e)
	}
	add(journal.Event{Kind: journal.RunStarted, Run: "r", Plan: p, Epoch: 1})
	for range 1000 {
		if s.Ended != "" {
			break
		}
		switch c := cmds[0]; {
		case c.Record != nil:
			add(*c.Record)
		case c.Observe != nil:
			add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: s.Seq})
		default:
			st := c.Start.Step
			rep := plan.Report{Outcome: plan.Done, Undone: st.Action == plan.ActionProbe}
			if st.Action == plan.ActionBaseline {
				rep.Evidence = json.RawMessage(`{}`)
			}
			add(journal.Event{Kind: journal.StepStarted, Step: st.ID, Node: st.Node, Attempt: c.Start.Attempt})
			add(journal.Event{Kind: journal.StepEnded, Step: st.ID, Node: st.Node, Report: &rep})
		}
	}
	if s.Ended != journal.RunDone {
		t.Fatalf("ended %q, stop %+v", s.Ended, s.Stop)
	}
	return s
}

func TestVerificationOutsideOfARunAsksNoGateTwice(t *testing.T) {
	c := &inventory.Cluster{Name: "small", ID: "small", Target: inventory.Target{URL: "http://bootstrap/script", From: "2.1.0", To: "2.1.1"}, Policy: inventory.DefaultPolicy("2.1.1")}
	for _, n := range []inventory.NodeName{"m1", "m2", "m3"} {
		c.Masters = append(c.Masters, inventory.Node{Name: n, Role: dcos.Master, Group: "masters"})
	}
	c.Groups = []inventory.Group{{Name: "general", Role: dcos.PrivateAgent, Policy: inventory.DefaultGroupPolicy("2.1.1", nil)}}
	for _, n := range []inventory.NodeName{"a1", "a2"} { // of which one is the canary
		c.Groups[0].Nodes = append(c.Groups[0].Nodes, inventory.Node{Name: n, Role: dcos.PrivateAgent, Group: "general"})
	}
	facts := prove.Healthy(c)
	p, err := plan.Build(plan.Input{Inventory: c, Facts: facts})
	if err != nil {
		t.Fatal(err)
	}
	s := patched(t, p, facts.Cluster)
	for _, n := range p.Nodes {
		task, ok := s.Verification(n.Name)
		if !ok {
			t.Errorf("%s has no verification", n.Name)
		}
		asked := map[string]plan.GateSpec{}
		for _, g := range task.Step.Gates {
			if _, twice := asked[g.Gate]; twice {
				t.Errorf("%s is asked %s twice", n.Name, g.Gate)
			}
			asked[g.Gate] = g
		}
		for _, st := range p.Stages {
			for _, l := range st.Lanes {
				for _, step := range l.Steps {
					for _, want := range step.Gates {
						if g := asked[want.Gate]; step.Node == n.Name && (g.Need < want.Need || g.Span < want.Span) {
							t.Errorf("%s is asked %s %d times over %s, and by %s %d times over %s", n.Name, want.Gate, g.Need, g.Span, step.ID, want.Need, want.Span)
						}
					}
				}
			}
		}
	}
}
