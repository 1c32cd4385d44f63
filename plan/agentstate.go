package plan

import (
	"fmt"

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
	AgentRecovering AgentPhase = "recovering" // in the registry, not back since the failover: what runs on it is unknown
)

// State finds what there is to say of an agent besides that it serves.
func (o Observation) State(node inventory.NodeName) (AgentState, bool) {
	for _, s := range o.Agents {
		if s.Node == node {
			return s, true
		}
	}
	return AgentState{}, false
}

// Withheld says why no lane of the node may be admitted now, whatever room
// there is; empty when one may. A master's baseline holds every agent, so that
// no master is admitted while the leader recovers one.
func (o Observation) Withheld(n Node) string {
	if n.Role.IsAgent() {
		if s, ok := o.State(n.Name); ok && s.State == AgentRecovering {
			return s.Detail
		}
		return ""
	}
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
