package checks

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// expectation is what the answers of one step are compared with.
type expectation struct {
	node     plan.Node
	masters  []plan.Node
	base     *Baseline // nil: the step has none
	restarts bool      // the step follows a patch: daemons must be new
	target   []string  // package ids of the target
	mesos    string    // Mesos version of the target; empty: not known
	from, to dcos.Version
	exempt   []inventory.NodeName // agents that are not demanded
	accepted dcos.Loss            // what a person has accepted as lost on the node
	others   map[string]string    // agent id of before → id since, where a person has accepted that
	expected []string             // units and checks that may be red for now
}

// expectation collects it for a task. Only the steps of verification follow a
// patch; preflight and postflight ask about nodes as they are.
func (s Subject) expectation(t plan.Task, n plan.Node) (expectation, error) {
	base, err := parseBaseline(t.Baseline)
	if err != nil {
		return expectation{}, err
	}
	if base != nil && base.Node != n.Name {
		return expectation{}, fmt.Errorf("the baseline is of %s, the step of %s", base.Node, n.Name)
	}
	a := expectation{
		node: n, masters: plan.Masters(s.Nodes), base: base,
		restarts: verifies(t) && !applied(base),
		exempt:   t.ExemptAgents,
		accepted: t.Accepted[n.Name], others: others(t.Accepted),
		target: s.Packages, mesos: s.Mesos, from: s.From, to: s.To,
	}
	if a.restarts && n.Role == dcos.Master && t.Step.Action != plan.ActionDeferred {
		a.expected = s.ExpectedRed
	}
	return a, nil
}

// others maps the ids of agents to those that a person has accepted in their place.
func others(accepted map[inventory.NodeName]dcos.Loss) map[string]string {
	m := map[string]string{}
	for _, l := range accepted {
		if l.Agent != "" {
			m[l.Was] = l.Agent
		}
	}
	return m
}

// agentID is the id under which the agent must be listed: that of the baseline, or
// the one that a person has accepted in its place.
func (a expectation) agentID() string {
	if a.base == nil || a.base.Agent == nil {
		return ""
	}
	if id := a.accepted.Agent; id != "" && a.accepted.Was == a.base.Agent.ID {
		return id
	}
	return a.base.Agent.ID
}

// awayBefore reports whether the leader missed the agent as its lane began.
func (a expectation) awayBefore() bool {
	return a.base != nil && a.base.Role.IsAgent() && (a.base.Agent == nil || !a.base.Agent.Active && !a.base.Agent.Deactivated)
}

// verifies reports whether the step asks about a node after its patch.
func verifies(t plan.Task) bool {
	return t.Step.Action.Verifies() || t.Step.Action == plan.ActionDeferred
}

// applied reports whether the node was patched before its baseline was taken:
// nothing that has happened since has restarted its daemons.
func applied(b *Baseline) bool { return b != nil && b.Applied }

// noBaseline is why a question that needs a baseline cannot be answered; empty
// when it can.
func (a expectation) noBaseline() string {
	if a.base == nil && a.restarts {
		return "this lane has no baseline to compare with"
	}
	return ""
}

// restarted is why it is not proved that the patch has restarted the daemon of
// the unit, with the status that this means; empty when it is proved, or the
// step does not follow a patch.
func (a expectation) restarted(now Process) (dcos.Status, string) {
	if !now.known() {
		return dcos.Unknown, now.Unit + " has no main process that can be identified"
	}
	if !a.restarts {
		return dcos.Passed, ""
	}
	if why := a.noBaseline(); why != "" {
		return dcos.Unknown, why
	}
	before, seen := a.base.Processes[now.Unit]
	if !seen {
		return dcos.Unknown, "the baseline does not say which process " + now.Unit + " had"
	}
	if before.same(now) {
		return dcos.Failed, fmt.Sprintf("%s is still the old process (pid %d)", now.Unit, now.PID)
	}
	if id := now.pkg(); id != "" && len(a.target) > 0 && !slices.Contains(a.target, id) {
		return dcos.Failed, fmt.Sprintf("%s (pid %d) runs from package %s, which the target does not have", now.Unit, now.PID, id)
	}
	return dcos.Passed, ""
}

// ips lists the masters' addresses as Exhibitor and Mesos know them, sorted.
func ips(nodes []plan.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.IP)
	}
	slices.Sort(out)
	return out
}
