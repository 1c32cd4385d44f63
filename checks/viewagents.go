package checks

import (
	"cmp"
	"fmt"
	"net"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// agents lists the plan's agents that are out of service at the leader, what
// there is to say of them, and the agents that the plan does not know; excluded
// ones apart. Without a leader that works it says nothing; the observation is
// not green then.
func (v view) agents() (out []inventory.NodeName, states []plan.AgentState, unknown []plan.UnknownAgent) {
	if _, broken := v.lead.broken(minority(len(v.lead.readings))); broken != "" {
		return nil, nil, nil
	}
	known, agents := make(map[string]bool), agentsByIP(v.lead.agents)
	for _, n := range v.nodes {
		if !n.Role.IsAgent() {
			continue
		}
		known[n.IP] = true
		g, listed := agents[n.IP]
		if n.Disposition == plan.Excluded {
			continue
		}
		if !listed || !g.Active || g.Deactivated {
			out = append(out, n.Name)
		}
		if s, ok := v.state(n, g, listed); ok {
			states = append(states, s)
		}
	}
	return out, states, unknownAmong(v.lead.agents, known)
}

// state is what there is to say of an agent, the gravest first.
func (v view) state(n plan.Node, g dcos.Agent, listed bool) (plan.AgentState, bool) {
	r, _ := v.lead.leader()
	leader := string(r.node.Name)
	say := func(phase plan.AgentPhase, format string, args ...any) (plan.AgentState, bool) {
		return plan.AgentState{Node: n.Name, State: phase, Detail: fmt.Sprintf(format, args...)}, true
	}
	down, upkeep := v.upkeep.upkeep(n.IP, leader)
	back, recovering := recoveringAt(v.lead.agents, n.IP)
	switch {
	case down:
		return say(plan.AgentDown, "%s", upkeep)
	case !listed && recovering:
		return say(plan.AgentRecovering, "%s", waitsFor(r.node.Name, "it", back.ID))
	case g.Drain == "DRAINING":
		return say(plan.AgentDraining, "leader %s drains it (%s)", leader, g.ID)
	case upkeep != "":
		return say(plan.AgentScheduled, "%s", upkeep)
	case g.Drain != "":
		return say(plan.AgentDeactivated, "drained and deactivated at leader %s (%s)", leader, g.ID)
	case g.Deactivated:
		return say(plan.AgentDeactivated, "deactivated at leader %s (%s)", leader, g.ID)
	case !listed:
		return say(plan.AgentUnlisted, "leader %s does not list it: unreachable, or never registered", leader)
	case !g.Active:
		return say(plan.AgentInactive, "inactive: leader %s has lost its connection (%s)", leader, g.ID)
	}
	return plan.AgentState{}, false
}

// strangersAmong are the agents that have none of the known addresses. Of a
// recovering one only the hostname is known, in DC/OS the same as the address.
func unknownAmong(at dcos.Agents, known map[string]bool) (unknown []plan.UnknownAgent) {
	for _, g := range at.Registered {
		if !known[g.IP] {
			unknown = append(unknown, plan.UnknownAgent{ID: g.ID, IP: g.IP, Active: g.Active && !g.Deactivated})
		}
	}
	for _, g := range at.Recovered {
		if !known[g.Hostname] {
			unknown = append(unknown, plan.UnknownAgent{ID: g.ID, IP: g.Hostname, Recovering: true})
		}
	}
	slices.SortFunc(unknown, func(a, b plan.UnknownAgent) int { return cmp.Compare(a.IP+a.ID, b.IP+b.ID) })
	return unknown
}

// recoveringAt finds the agent that the leader still waits for since its
// failover and that has an address, or may have it: of such an agent only id and
// hostname are known, and a hostname that is no address may be anybody's.
func recoveringAt(at dcos.Agents, ip string) (found dcos.Agent, yes bool) {
	for _, g := range at.Recovered {
		switch {
		case g.Hostname == ip:
			return g, true
		case net.ParseIP(g.Hostname) == nil && !yes:
			found, yes = g, true
		}
	}
	return found, yes
}

func waitsFor(leader inventory.NodeName, who, id string) string {
	return fmt.Sprintf("leader %s still waits for %s (%s) since its failover", leader, who, id)
}
