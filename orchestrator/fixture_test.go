package orchestrator

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

var epochStart = time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)

// shape is what the tests vary in a plan.
type shape struct {
	masters, agents, width, maxOut, maxFailures int
	canary                                      bool
	hold                                        time.Duration
}

func steps(stage string, node inventory.NodeName, actions ...plan.Action) []plan.Step {
	var out []plan.Step
	for _, a := range actions {
		out = append(out, plan.Step{ID: plan.StepID(fmt.Sprintf("%s/%s/%s", stage, node, a)), Node: node, Action: a})
	}
	return out
}

func testPlan(sh shape) *plan.Plan {
	p := &plan.Plan{ID: "p", From: "2.1.0", To: "2.1.1", MaxOut: max(sh.maxOut, 1), HoldLimit: plan.Duration(sh.hold)}
	masters := plan.Stage{ID: "masters", Kind: plan.StageMasters, Order: plan.OrderLeaderWeight, Width: 1}
	for i := range sh.masters {
		n := inventory.NodeName(fmt.Sprintf("m%d", i+1))
		p.Nodes = append(p.Nodes, plan.Node{Name: n, Role: dcos.Master, Group: "masters", Disposition: plan.Patch})
		masters.Lanes = append(masters.Lanes, plan.Lane{Node: n, Steps: steps("masters", n, plan.ActionBaseline, plan.ActionPatch, plan.ActionServe, plan.ActionSettle)})
	}
	group := plan.Stage{ID: "general", Kind: plan.StageGroup, Group: "general", Order: plan.OrderFixed, Width: max(sh.width, 1), MaxFailures: sh.maxFailures}
	canary := plan.Stage{ID: "canary", Kind: plan.StageCanary, Order: plan.OrderFixed, Width: 1}
	for i := range sh.agents {
		n := inventory.NodeName(fmt.Sprintf("a%d", i+1))
		p.Nodes = append(p.Nodes, plan.Node{Name: n, Role: dcos.PrivateAgent, Group: "general", Disposition: plan.Patch})
		if sh.canary && i == 0 {
			canary.Lanes = append(canary.Lanes, plan.Lane{Node: n, Steps: steps("canary", n, plan.ActionBaseline, plan.ActionPatch, plan.ActionReturn, plan.ActionServe, plan.ActionProbe, plan.ActionBake)})
			continue
		}
		group.Lanes = append(group.Lanes, plan.Lane{Node: n, Steps: steps("general", n, plan.ActionBaseline, plan.ActionPatch, plan.ActionReturn, plan.ActionServe)})
	}
	pre := plan.Stage{ID: "preflight", Kind: plan.StagePreflight, Width: 1, Lanes: []plan.Lane{{Steps: steps("preflight", "", plan.ActionPreflight)}}}
	post := plan.Stage{ID: "postflight", Kind: plan.StagePostflight, Width: 1, Lanes: []plan.Lane{{Steps: steps("postflight", "", plan.ActionPostflight)}}}
	p.Stages = []plan.Stage{pre, masters, canary, group, post}
	return p
}

// green is an observation on which anything may be admitted.
func green(p *plan.Plan) plan.Observation {
	obs := plan.Observation{Green: true, Weights: map[inventory.NodeName]int{}}
	var serving []inventory.NodeName
	for i, n := range p.Masters() {
		serving = append(serving, n.Name)
		obs.Weights[n.Name] = map[int]int{0: 6, 1: 0, 2: 1}[i]
	}
	for _, name := range []string{"zookeeper", "registrar", "cockroach"} {
		obs.Quorums = append(obs.Quorums, plan.Quorum{Name: name, Size: len(serving), Serving: serving, Age: plan.Duration(time.Second)})
	}
	return obs
}

// tape folds events with running sequence numbers, a second apart.
type tape struct {
	tick   time.Duration // between two events; 0: a second
	s      State
	cmds   []Command
	events []journal.Event
}

func newTape(p *plan.Plan) *tape {
	t := &tape{s: New()}
	t.add(journal.Event{Kind: journal.RunStarted, Run: "r", Plan: p, Epoch: 1})
	return t
}

func (t *tape) add(e journal.Event) {
	e.Seq, e.At = t.s.Seq+1, epochStart.Add(time.Duration(t.s.Seq+1)*time.Second)
	if t.tick > 0 {
		e.At = t.s.At.Add(t.tick)
	}
	t.events = append(t.events, e)
	t.s, t.cmds = Next(t.s, e)
}

// settle records everything that needs no world: facts that the engine asks for.
func (t *tape) settle() {
	for t.s.Ended == "" && len(t.cmds) > 0 && t.cmds[0].Record != nil {
		t.add(*t.cmds[0].Record)
	}
}
