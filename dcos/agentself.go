package dcos

import "errors"

// AgentSelf is what an agent says about itself.
type AgentSelf struct {
	ID, Hostname string // ID is empty until the agent has registered for the first time
	Draining     bool   // it has a drain_config: a drain has ended when this is false
}

// ParseGetAgent reads an agent's own answer to the v1 call GET_AGENT.
func ParseGetAgent(b []byte) (AgentSelf, error) { return AgentSelf{}, errors.New("not written yet") }
