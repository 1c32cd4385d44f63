package dcos

import "encoding/json"

// AgentSelf is what an agent says about itself.
type AgentSelf struct {
	ID       string // empty until it has registered for the first time
	Hostname string
	Draining bool // it has a drain_config; a drain has ended when this is false, not when the master says DRAINED
}

// ParseGetAgent reads an agent's own answer to the v1 call GET_AGENT.
func ParseGetAgent(b []byte) (AgentSelf, error) {
	const what = "GET_AGENT"
	var raw struct {
		Info  *agentInfo      `json:"agent_info"`
		Drain json.RawMessage `json:"drain_config"`
	}
	if err := decodeCall(what, "get_agent", b, &raw); err != nil {
		return AgentSelf{}, err
	}
	switch {
	case raw.Info == nil:
		return AgentSelf{}, missing(what, "agent_info")
	case raw.Info.Hostname == "":
		return AgentSelf{}, missing(what, "agent_info.hostname")
	}
	return AgentSelf{raw.Info.ID.Value, raw.Info.Hostname, len(raw.Drain) > 0}, nil
}
