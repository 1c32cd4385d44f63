package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// AgentState is what the leading master says of an agent that does not simply
// serve.
type AgentState struct {
	Node   inventory.NodeName `json:"node"`
	State  AgentPhase         `json:"state"`
	Detail string             `json:"detail"` // for a person
}

// AgentPhase names such a state.
type AgentPhase string

// The states of agents that do not simply serve.
const (
	AgentRecovering  AgentPhase = "recovering"  // in the registry, not back since the failover: what runs on it is unknown
	AgentDown        AgentPhase = "down"        // its machine is down for maintenance: it may not register
	AgentScheduled   AgentPhase = "scheduled"   // its machine is scheduled for maintenance
	AgentDraining    AgentPhase = "draining"    // an operator drains it
	AgentDeactivated AgentPhase = "deactivated" // by an operator or a drain that has ended: it may stay so
	AgentInactive    AgentPhase = "inactive"    // the leader has lost its connection
	AgentUnlisted    AgentPhase = "unlisted"    // the leader does not list it
)

// maintained reports whether others do maintenance on the agent.
func (s AgentState) maintained() bool {
	return s.State == AgentDown || s.State == AgentScheduled || s.State == AgentDraining
}

// State finds what there is to say of an agent besides that it serves.
func (o Observation) State(node inventory.NodeName) (AgentState, bool) {
	for _, s := range o.Agents {
		if s.Node == node {
			return s, true
		}
	}
	return AgentState{}, false
}

// Deactivated reports whether an agent is out of service because an operator
// deactivated or drained it.
func (o Observation) Deactivated(node inventory.NodeName) bool {
	s, ok := o.State(node)
	return ok && (s.State == AgentDeactivated || s.State == AgentDraining)
}

// Withheld says why no lane of the node may be admitted now, whatever room
// there is; empty when one may. A lane that has touched its node already is only
// withheld for what its verification needs. A master's baseline holds every
// agent, so that no master is admitted while the leader recovers one.
func (p *Plan) Withheld(o Observation, n Node, kind StageKind, touched bool, today time.Time) string {
	if !n.Role.IsAgent() {
		return o.recovers()
	}
	s, ok := o.State(n.Name)
	switch {
	case !ok:
		return ""
	case s.State == AgentRecovering:
		return s.Detail
	case touched:
		return ""
	case s.maintained() && !p.waivesMaintenance(s, today):
		return s.Detail
	case kind == StageCanary && slices.Contains(o.Out, n.Name):
		return "a canary must serve before its patch: " + s.Detail
	}
	return ""
}

// recovers names an agent that the leader still waits for since its failover.
func (o Observation) recovers() string {
	for _, s := range o.Agents {
		if s.State == AgentRecovering {
			return fmt.Sprintf("%s: %s", s.Node, s.Detail)
		}
	}
	for _, u := range o.Unknown {
		if u.Recovering {
			return fmt.Sprintf("the leader still waits for %s (%s) since its failover", u.IP, u.ID)
		}
	}
	return ""
}

// waivesMaintenance reports whether the plan accepts the maintenance of an
// agent. An agent on a machine that is down cannot register, waived or not.
func (p *Plan) waivesMaintenance(s AgentState, today time.Time) bool {
	return s.State != AgentDown && slices.ContainsFunc(p.Waivers, func(w Waiver) bool {
		return w.Check == CheckMaintenance && w.Node == s.Node && w.Reason != "" && w.holds(today)
	})
}
