package checks

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// judgeAgentsBack demands that the leader works, waits for no agent any more, and
// lists the very set of agents of the baseline as active. Sets of ids are
// compared, never counts: after a failover a dead agent and a new one would
// cancel out. excluded names agents left alone on purpose, by IP.
func judgeAgentsBack(l leadership, a expectation, excluded []plan.Node) Answer {
	q := question{"agents-back", "", "every agent of the baseline active again at the leader"}
	say := func(s dcos.Status, format string, args ...any) Answer {
		return Answer{Finding: q.say(s, format, args...), Evidence: l.asked}
	}
	if s, why := l.broken(0); why != "" {
		return say(s, "%s", why)
	}
	r, _ := l.leader()
	if why := a.noBaseline(); why != "" {
		return say(dcos.Unknown, "%s", why)
	}
	var want map[string]string
	if a.base != nil {
		want = a.instead(a.base.Agents)
	}
	missing, excepted := missingAgents(l.agents, want, ips(excluded))
	waiting := recovering(l.agents, want, ips(excluded))
	switch {
	case len(missing) > 0:
		return say(dcos.Failed, "%d of %d not back at %s: %s", len(missing), len(want), r.node.Name, some(missing))
	case len(waiting) > 0:
		return say(dcos.Failed, "%s still waits for %s", r.node.Name, some(waiting))
	}
	ans := say(dcos.Passed, "%d of %d back at %s", len(want)-len(excepted), len(want), r.node.Name)
	ans.Identity = string(r.node.Name)
	if len(excepted) > 0 {
		ans.Finding.Status = dcos.Warned
		ans.Finding.Observed += ", not counted: " + some(excepted)
	}
	return ans
}

// instead is the baseline's agents with the ids that a person has accepted in the
// place of lost ones.
func (a expectation) instead(want map[string]string) map[string]string {
	now := make(map[string]string, len(want))
	for id, ip := range want {
		if other, yes := a.others[id]; yes {
			id = other
		}
		now[id] = ip
	}
	return now
}

// missingAgents lists the wanted agents that the leader does not list as
// active, those left alone on purpose apart.
func missingAgents(at dcos.Agents, want map[string]string, excluded []string) (missing, excepted []string) {
	back := make(map[string]bool)
	for _, g := range at.Registered {
		back[g.ID] = g.Active || g.Deactivated // deactivated since: it is back all the same
	}
	for id, ip := range want {
		switch {
		case back[id]:
		case slices.Contains(excluded, ip):
			excepted = append(excepted, ip)
		default:
			missing = append(missing, fmt.Sprintf("%s (%s)", ip, id))
		}
	}
	slices.Sort(missing)
	slices.Sort(excepted)
	return missing, excepted
}

// recovering lists the agents that the leader still waits for. One that was
// not active at the baseline is not ours to wait for.
func recovering(at dcos.Agents, want map[string]string, excluded []string) []string {
	var out []string
	for _, g := range at.Recovered {
		if ip, ours := want[g.ID]; ours && !slices.Contains(excluded, ip) {
			out = append(out, g.ID)
		}
	}
	slices.Sort(out)
	return out
}
