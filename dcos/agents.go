package dcos

import (
	"errors"
	"time"
)

// Agent is a Mesos agent as the leading master lists it.
type Agent struct {
	ID, Hostname, IP, Version    string
	Active, Deactivated          bool
	RegisteredAt, ReregisteredAt time.Time // by the leading master's clock; zero when absent
	Drain                        string    // "", DRAINING or DRAINED
}

// Agents is the leading master's list. A recovered agent is known from the
// registry and has not come back since the failover: only ID and Hostname are
// known of it.
type Agents struct {
	Registered []Agent
	Recovered  []Agent
}

// ParseGetAgents reads the answer to the v1 call GET_AGENTS.
func ParseGetAgents(b []byte) (Agents, error) { return Agents{}, errors.New("not written yet") }

// ParseSlaves reads the body of the v0 endpoint /slaves.
func ParseSlaves(b []byte) (Agents, error) { return Agents{}, errors.New("not written yet") }
