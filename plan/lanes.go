package plan

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// Patience for steps that have no gates, where no policy names one.
const (
	preflightPatience  = 10 * time.Minute
	aheadPatience      = 60 * time.Minute
	baselinePatience   = 12 * time.Minute // a leader waits for agents for 10 after its election
	probePatience      = 5 * time.Minute
	postflightPatience = 15 * time.Minute
)

// work makes stages out of nodes under one policy.
type work struct {
	scale  timeScale
	policy inventory.Policy
	ids    []string   // packages of the target
	own    []GateSpec // demands of the operator's gates
}

func (w work) clusterStage(id string, kind StageKind) Stage {
	st := Step{ID: StepID(id + "/" + id), Action: ActionPreflight, Timeout: w.scale.timeout(preflightPatience)}
	if kind == StagePostflight {
		st.Action, st.Timeout = ActionPostflight, w.scale.timeout(postflightPatience)
	}
	return w.estimated(Stage{ID: id, Kind: kind, Order: OrderFixed, Width: 1, Lanes: []Lane{{Steps: []Step{st}}}}, nil)
}

func (w work) aheadStage(id string, nodes []Node, width int) Stage {
	s := Stage{ID: id, Kind: StageAhead, Order: OrderFixed, Width: max(min(width, len(nodes)), 1)}
	for _, n := range nodes {
		s.Lanes = append(s.Lanes, Lane{Node: n.Name, Steps: []Step{
			step(id, n.Name, ActionStage, w.scale.timeout(aheadPatience)),
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
			step(s.ID, n.Name, ActionBaseline, w.scale.timeout(baselinePatience)),
			step(s.ID, n.Name, ActionPatch, w.scale.timeout(w.policy.Timeouts.Script)),
			gated(step(s.ID, n.Name, ActionServe, 0), serve),
			w.quiet(step(s.ID, n.Name, ActionSettle, 0), settle),
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
		st := Step{ID: idDeferred + "/" + StepID(ActionDeferred), Action: ActionDeferred, Timeout: patience(gates)}
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
			probe := step(s.ID, n.Name, ActionProbe, w.scale.timeout(probePatience))
			s.Lanes[i].Steps = append(s.Lanes[i].Steps, probe)
		}
		bake := w.quiet(step(s.ID, n.Name, ActionBake, 0), w.policy.Bake)
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
			settle := w.quiet(step(s.ID, n.Name, ActionSettle, 0), w.policy.Settle)
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
			step(stage, n.Name, ActionBaseline, w.scale.timeout(baselinePatience)),
			step(stage, n.Name, ActionPatch, w.scale.timeout(w.policy.Timeouts.Script)),
			gated(step(stage, n.Name, ActionReturn, 0), back),
			gated(step(stage, n.Name, ActionServe, 0), serve),
		}})
	}
	return lanes
}

func step(stage string, node inventory.NodeName, a Action, timeout Duration) Step {
	return Step{ID: StepID(stage + "/" + string(node) + "/" + string(a)), Node: node, Action: a, Timeout: timeout}
}

func gated(s Step, gates []GateSpec) Step {
	s.Gates, s.Timeout = gates, patience(gates)
	return s
}

// quiet is a step that waits for the cluster gate to stay green. A failover
// starts the wait afresh, so that its patience is twice its span and more.
func (w work) quiet(s Step, span time.Duration) Step {
	s.Span = w.scale.span(span)
	s.Timeout = w.scale.timeout(2*span + w.policy.Timeouts.Leader)
	return s
}
