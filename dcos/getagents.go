package dcos

import (
	"encoding/json"
	"fmt"
	"time"
)

// v1Value is how the v1 API wraps an id.
type v1Value struct {
	Value string `json:"value"`
}

// v1Time is how the v1 API writes an instant.
type v1Time struct {
	Nanoseconds *int64 `json:"nanoseconds"`
}

func (t *v1Time) utc() time.Time {
	if t == nil || t.Nanoseconds == nil {
		return time.Time{}
	}
	return time.Unix(0, *t.Nanoseconds).UTC()
}

// decodeCall reads the answer to a v1 call into v: its type must be the
// call's, and the object under key must be there. Lists in it may be absent
// when empty: Mesos below 1.10 leaves empty repeated fields out.
func decodeCall(call, key string, b []byte, v any) error {
	var raw map[string]json.RawMessage
	if err := decode(call, b, &raw); err != nil {
		return err
	}
	var kind string
	if err := json.Unmarshal(raw["type"], &kind); err != nil {
		return missing(call, "type")
	}
	if kind != call {
		return fmt.Errorf("%s: the answer is of type %q", call, clip(kind))
	}
	if len(raw[key]) == 0 || string(raw[key]) == "null" {
		return missing(call, key)
	}
	return decode(call+": "+key, raw[key], v)
}

type agentInfo struct {
	ID       v1Value `json:"id"`
	Hostname string  `json:"hostname"`
}

// ParseGetAgents reads the answer to the v1 call GET_AGENTS. Id and hostname
// are in agent_info, active and the rest beside it; recovered_agents are bare
// agent_infos. Only a leading master that has recovered answers it.
func ParseGetAgents(b []byte) (Agents, error) {
	const what = "GET_AGENTS"
	var agents Agents
	var raw struct {
		Agents    list[rawAgent]  `json:"agents"`
		Recovered list[agentInfo] `json:"recovered_agents"`
	}
	raw.Agents.take = func(i int, r rawAgent) error {
		a, err := r.agent(fmt.Sprintf("agents[%d]", i))
		agents.Registered = append(agents.Registered, a)
		return err
	}
	raw.Recovered.take = func(i int, r agentInfo) error {
		if r.ID.Value == "" {
			return fmt.Errorf("field recovered_agents[%d].id is missing", i)
		}
		agents.Recovered = append(agents.Recovered, Agent{ID: r.ID.Value, Hostname: r.Hostname})
		return nil
	}
	if err := decodeCall(what, "get_agents", b, &raw); err != nil {
		return Agents{}, err
	}
	return agents, agents.unique(what)
}

type rawAgent struct {
	agentFields
	Info           *agentInfo `json:"agent_info"`
	RegisteredAt   *v1Time    `json:"registered_time"`
	ReregisteredAt *v1Time    `json:"reregistered_time"`
}

func (r rawAgent) agent(at string) (Agent, error) {
	if r.Info == nil {
		return Agent{}, missing(at, "agent_info")
	}
	a := Agent{ID: r.Info.ID.Value, Hostname: r.Info.Hostname}
	if err := r.fill(at, &a); err != nil {
		return Agent{}, err
	}
	a.RegisteredAt, a.ReregisteredAt = r.RegisteredAt.utc(), r.ReregisteredAt.utc()
	if a.RegisteredAt.IsZero() {
		return Agent{}, missing(at, "registered_time")
	}
	return a, nil
}
