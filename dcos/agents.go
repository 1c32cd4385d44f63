package dcos

import (
	"fmt"
	"net"
	"strings"
	"time"
)

// Agent is a Mesos agent as the leading master lists it.
type Agent struct {
	ID, Hostname string
	IP           string // of the agent's process, from its pid
	Version      string // of the running agent
	Active       bool   // connected, and its resources are offered
	Deactivated  bool   // by an operator or a drain; false below Mesos 1.9, which cannot
	// The leading master's clock: compare only with an earlier value, never with ours.
	RegisteredAt   time.Time
	ReregisteredAt time.Time // zero when it has not re-registered with this leader
	Drain          string    // "", "DRAINING" or "DRAINED"

	// Of a drain: how it was ordered, and when by the leading master's clock, in whole seconds.
	DrainSince time.Time
	MaxGrace   time.Duration // 0: as each task says
	MarkGone   bool
}

// Agents is the leading master's list. A recovered agent is one that the
// registry knows and that has not come back since the failover: nothing but ID
// and Hostname is known of it.
type Agents struct {
	Registered []Agent
	Recovered  []Agent
}

// Find gives the agent with an id, and whether it is among the registered.
func (a Agents) Find(id string) (Agent, bool) {
	for _, agent := range a.Registered {
		if agent.ID == id {
			return agent, true
		}
	}
	return Agent{}, false
}

// agentFields is what is said of an agent besides its info.
type agentFields struct {
	Active      *bool  `json:"active"`
	Deactivated *bool  `json:"deactivated"`
	Version     string `json:"version"`
	PID         string `json:"pid"`
	Drain       *struct {
		State  string `json:"state"`
		Config struct {
			MaxGrace *v1Time `json:"max_grace_period"`
			MarkGone bool    `json:"mark_gone"`
		} `json:"config"`
	} `json:"drain_info"`
	DrainSince *v1Time `json:"estimated_drain_start_time"`
}

// fill sets what the fields say.
func (f agentFields) fill(what string, a *Agent) error {
	switch {
	case a.ID == "":
		return missing(what, "id")
	case a.Hostname == "":
		return missing(what, "hostname")
	case f.Active == nil:
		return missing(what, "active")
	case f.Version == "":
		return missing(what, "version")
	case f.Deactivated == nil && !*f.Active && !Version(f.Version).before("1.9.0"):
		return missing(what, "deactivated") // of an active agent it needs no saying
	case f.Drain != nil && f.Drain.State == "":
		return missing(what, "drain_info.state")
	}
	a.Active, a.Version = *f.Active, f.Version
	a.Deactivated = f.Deactivated != nil && *f.Deactivated
	if f.Drain != nil {
		a.Drain, a.DrainSince, a.MarkGone = f.Drain.State, f.DrainSince.utc(), f.Drain.Config.MarkGone
		if g := f.Drain.Config.MaxGrace; g != nil && g.Nanoseconds != nil {
			a.MaxGrace = time.Duration(*g.Nanoseconds)
		}
	}
	_, address, found := strings.Cut(f.PID, "@")
	host, _, err := net.SplitHostPort(address)
	if !found || err != nil || host == "" {
		return fmt.Errorf("%s: field pid is %q, want name@IP:port", what, clip(f.PID))
	}
	a.IP = host
	return nil
}

// before reports whether v is certainly older than w.
func (v Version) before(w Version) bool { return v.Minor() != "" && v.Compare(w) < 0 }

// unique checks that no agent is listed twice.
func (a Agents) unique(what string) error {
	seen := map[string]bool{}
	for _, list := range [][]Agent{a.Registered, a.Recovered} {
		for _, agent := range list {
			if seen[agent.ID] {
				return fmt.Errorf("%s: agent %s is listed twice", what, agent.ID)
			}
			seen[agent.ID] = true
		}
	}
	return nil
}
