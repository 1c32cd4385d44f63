package checks

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// judgeRegistered demands that the leader lists the agent as active, under the
// id that it had, re-registered since the baseline, with the target's Mesos,
// and that its daemon is a new process. slave/registered of the agent itself
// is not asked: it says only that a leader was detected (REC 5).
func judgeRegistered(l leadership, u dcos.Unit, a expectation) Answer {
	q := question{"registered", a.node.Name, "active at the leader"}
	if r, ok := l.leader(); ok {
		q.want = "active at " + string(r.node.Name)
	}
	switch id := a.agentID(); {
	case a.base == nil || a.base.Agent == nil:
	case id != a.base.Agent.ID:
		q.want += ", id " + tail(id) + " as accepted, registered"
	default:
		q.want += ", same id " + tail(id) + ", re-registered"
	}
	say := func(s dcos.Status, format string, args ...any) Answer {
		return Answer{Finding: q.say(s, format, args...), Evidence: l.asked}
	}
	if s, why := l.broken(minority(len(l.readings))); why != "" {
		return say(s, "%s", why)
	}
	if why := a.noBaseline(); why != "" {
		return say(dcos.Unknown, "%s", why)
	}
	agent, listed := agentAt(l.agents, a.node.IP)
	if why := a.another(agent, listed); why != "" {
		ans := say(dcos.Failed, "%s", why)
		ans.Finding.Final, ans.Finding.Lost = true, true
		ans.Finding.Loss = dcos.Loss{Was: a.base.Agent.ID, Agent: agent.ID, Tasks: dcos.NewIDs(a.base.Tasks...)}
		return ans
	}
	if s, why := a.sameAgent(agent, listed, l.agents); why != "" {
		ans := say(s, "%s", why)
		if u.Active != "active" {
			ans.Red = []string{u.Name}
			ans.Finding.Observed += fmt.Sprintf("; %s is %s (%s)%s", u.Name, orUnknown(u.Active), orUnknown(u.Sub), restarts(u))
		}
		return ans
	}
	now := processOf(u)
	if s, why := a.restarted(now); why != "" {
		return say(s, "%s", why)
	}
	if s, why := a.notReregistered(agent); why != "" {
		return say(s, "%s", why)
	}
	ans := say(dcos.Passed, "active, id %s, Mesos %s", tail(agent.ID), orUnknown(agent.Version))
	ans.Identity = now.id()
	if a.base != nil && a.base.Agent != nil && a.base.Agent.ID != "" && agent.ID != a.base.Agent.ID {
		ans.Finding.Status = dcos.Warned
		ans.Finding.Observed = fmt.Sprintf("active as another agent, as accepted: %s, and was %s; Mesos %s", agent.ID, a.base.Agent.ID, orUnknown(agent.Version))
	}
	if agent.Deactivated {
		ans.Finding.Status = dcos.Warned
		ans.Finding.Observed = fmt.Sprintf("registered and deactivated, as it was before; id %s", tail(agent.ID))
	}
	return ans
}

// agentAt finds the agent with an address; an active one before others.
func agentAt(at dcos.Agents, ip string) (found dcos.Agent, listed bool) {
	for _, g := range at.Registered {
		if g.IP == ip && (!listed || g.Active && !found.Active) {
			found, listed = g, true
		}
	}
	return found, listed
}

// agentsByIP is agentAt for all nodes.
func agentsByIP(at dcos.Agents) map[string]dcos.Agent {
	found := make(map[string]dcos.Agent, len(at.Registered))
	for _, g := range at.Registered {
		if f, listed := found[g.IP]; !listed || g.Active && !f.Active {
			found[g.IP] = g
		}
	}
	return found
}

// another says that the node has come back as another agent than it was; empty
// when it has not. It will not be the old one again: what ran there is lost.
// Ids are told whole, since their ends repeat from one cluster's master to the next.
func (a expectation) another(g dcos.Agent, listed bool) string {
	if !listed || a.base == nil || a.base.Agent == nil || a.base.Agent.ID == "" || g.ID == a.base.Agent.ID || g.ID == a.agentID() {
		return ""
	}
	lost := "no task ran there before"
	if n := len(a.base.Tasks); n > 0 {
		lost = fmt.Sprintf("its %d tasks of before are lost: %s", n, some(a.base.Tasks))
	}
	return fmt.Sprintf("registered as a new agent %s, and was %s: %s", g.ID, a.base.Agent.ID, lost)
}

// sameAgent says why the agent is not the one of the baseline, in service as
// it was then.
func (a expectation) sameAgent(g dcos.Agent, listed bool, at dcos.Agents) (dcos.Status, string) {
	before := &AgentBase{}
	if a.base != nil && a.base.Agent != nil {
		before = a.base.Agent
	}
	switch {
	case !listed && isRecovering(at, a.agentID(), a.node.IP):
		return dcos.Failed, "the leader knows it from the registry only: it has not come back since the failover"
	case !listed:
		return dcos.Failed, "the leader does not list it: unreachable, or never registered"
	case g.Deactivated && !before.Deactivated:
		return dcos.Failed, "deactivated"
	case !g.Active && !g.Deactivated:
		return dcos.Failed, "inactive: the leader has lost its connection"
	}
	return dcos.Passed, ""
}

// notReregistered says why the registration is not proved to be a new one.
func (a expectation) notReregistered(g dcos.Agent) (dcos.Status, string) {
	if !a.restarts {
		return dcos.Passed, ""
	}
	before := a.base.Agent
	switch {
	case before == nil && a.base.Absent["agent"] == "":
		return dcos.Unknown, "the baseline does not say how the leader listed it"
	case before == nil: // the leader did not list it: any registration is a new one
		before = &AgentBase{}
	}
	switch {
	case g.RegisteredAt.IsZero() && g.ReregisteredAt.IsZero():
		return dcos.Unknown, "the leader does not say when it registered"
	case g.RegisteredAt.Equal(before.Registered) && g.ReregisteredAt.Equal(before.Reregistered):
		return dcos.Failed, "has not re-registered since the baseline"
	case a.mesos != "" && g.Version != a.mesos:
		return dcos.Failed, fmt.Sprintf("registered with Mesos %s, the target has %s", orUnknown(g.Version), a.mesos)
	}
	return dcos.Passed, ""
}

// isRecovering reports whether the leader still waits for the agent, by the id
// that it had or by its address.
func isRecovering(at dcos.Agents, id, ip string) bool {
	if id != "" && slices.ContainsFunc(at.Recovered, func(g dcos.Agent) bool { return g.ID == id }) {
		return true
	}
	_, yes := recoveringAt(at, ip)
	return yes
}

// tail shortens an agent id to what people tell agents apart by: "..-S41".
func tail(id string) string {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i] == '-' {
			return ".." + id[i:]
		}
	}
	return id
}
