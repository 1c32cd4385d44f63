package plan

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// work makes stages out of nodes under one policy.
type work struct {
	scale  timeScale
	policy inventory.Policy
	ids    []string   // packages of the target
	own    []GateSpec // demands of the operator's gates
}

func (w work) clusterStage(id string, kind StageKind) Stage {
	st := w.step(id, "", Action(id))
	st.ID = StepID(id + "/" + id)
	return w.estimated(Stage{ID: id, Kind: kind, Order: OrderFixed, Width: 1, Lanes: []Lane{{Steps: []Step{st}}}}, nil)
}

func (w work) aheadStage(id string, nodes []Node, width int) Stage {
	s := Stage{ID: id, Kind: StageAhead, Order: OrderFixed, Width: max(min(width, len(nodes)), 1)}
	for _, n := range nodes {
		s.Lanes = append(s.Lanes, Lane{Node: n.Name, Steps: []Step{
			w.step(id, n.Name, ActionStage),
		}})
	}
	return w.estimated(s, nodes)
}

func (w work) mastersStage(masters []Node) Stage {
	s := Stage{ID: idMasters, Kind: StageMasters, Group: idMasters, Order: OrderLeaderWeight, Width: 1}
	serve := append(w.scale.specs(dcos.Master, w.policy.Timeouts, targetHas(w.ids)), w.own...)
	for _, n := range masters {
		settle := w.policy.Settle
		if n.Weight >= mesosLeaderWeight {
			settle = max(settle, w.policy.SettleLeading)
		}
		s.Lanes = append(s.Lanes, Lane{Node: n.Name, Steps: []Step{
			w.step(s.ID, n.Name, ActionBaseline),
			w.step(s.ID, n.Name, ActionPatch),
			gated(w.step(s.ID, n.Name, ActionServe), serve),
			w.quiet(w.step(s.ID, n.Name, ActionSettle), settle),
		}})
	}
	return w.estimated(s, masters)
}

// deferredStage asks the patched masters once more for what they were allowed
// to be red in, each by the demands of its own lane (see Plan.Deferred).
func (w work) deferredStage(masters []Node, expected []string) Stage {
	s := Stage{ID: idDeferred, Kind: StageDeferred, Order: OrderFixed, Width: 1}
	if len(masters) > 0 && len(expected) > 0 {
		gates := w.scale.specs(dcos.Master, w.policy.Timeouts, deferring)
		st := Step{ID: idDeferred + "/" + StepID(ActionDeferred), Action: ActionDeferred, Timeout: longest(gates)}
		s.Lanes = []Lane{{Steps: []Step{st}}}
	}
	return w.estimated(s, nil)
}

// mesosLeaderWeight marks the leading Mesos master among leader weights.
const mesosLeaderWeight = 4

func (w work) canaryStage(r GroupRule, nodes []Node) Stage {
	s := Stage{
		ID: r.Name + canarySuffix, Kind: StageCanary, Group: r.Name, Order: OrderFixed,
		Width: 1, ZoneSpread: r.ZoneSpread,
	}
	s.Lanes = w.agentLanes(s.ID, r.Role, nodes)
	for i, n := range nodes {
		if !r.NoProbe {
			probe := w.step(s.ID, n.Name, ActionProbe)
			s.Lanes[i].Steps = append(s.Lanes[i].Steps, probe)
		}
		bake := w.quiet(w.step(s.ID, n.Name, ActionBake), w.policy.Bake)
		s.Lanes[i].Steps = append(s.Lanes[i].Steps, bake)
	}
	return w.estimated(s, nodes)
}

func (w work) groupStage(r GroupRule, nodes []Node) Stage {
	s := Stage{
		ID: r.Name, Kind: StageGroup, Group: r.Name, Order: OrderFixed,
		Width: r.Width, ZoneSpread: r.ZoneSpread, MaxFailures: r.MaxFailures,
	}
	s.Lanes = w.agentLanes(s.ID, r.Role, nodes)
	if w.policy.Settle > 0 {
		for i, n := range nodes {
			settle := w.quiet(w.step(s.ID, n.Name, ActionSettle), w.policy.Settle)
			s.Lanes[i].Steps = append(s.Lanes[i].Steps, settle)
		}
	}
	return w.estimated(s, nodes)
}

// agentLanes share their gates: they are never changed.
func (w work) agentLanes(stage string, role dcos.Role, nodes []Node) []Lane {
	back := w.scale.returns(role, w.policy.Timeouts)
	serve := append(w.scale.specs(role, w.policy.Timeouts, serving), w.own...)
	lanes := make([]Lane, 0, len(nodes))
	for _, n := range nodes {
		lanes = append(lanes, Lane{Node: n.Name, Steps: []Step{
			w.step(stage, n.Name, ActionBaseline),
			w.step(stage, n.Name, ActionPatch),
			gated(w.step(stage, n.Name, ActionReturn), back),
			gated(w.step(stage, n.Name, ActionServe), serve),
		}})
	}
	return lanes
}

func (w work) step(stage string, node inventory.NodeName, a Action) Step {
	timeout := a.Spec().Timeout
	if a == ActionPatch {
		timeout = w.policy.Timeouts.Script
	}
	return Step{ID: StepID(stage + "/" + string(node) + "/" + string(a)), Node: node, Action: a, Timeout: w.scale.timeout(timeout)}
}

func gated(s Step, gates []GateSpec) Step {
	s.Gates, s.Timeout = gates, longest(gates)
	return s
}

// quiet is a step that waits for the cluster gate to stay green. A failover
// starts the wait afresh, so that its timeout is twice its span and more.
func (w work) quiet(s Step, span time.Duration) Step {
	s.Span = w.scale.span(span)
	s.Timeout = w.scale.timeout(2*span + w.policy.Timeouts.Leader)
	return s
}
