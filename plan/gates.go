package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// gateRow is how sure one gate must be. within picks its patience out of the
// policy; orElse stands in where the policy is silent.
type gateRow struct {
	gate   string
	need   int
	span   time.Duration
	every  time.Duration
	within func(inventory.Timeouts) time.Duration
	orElse time.Duration
}

// masterServe is what a patched master must show before the next one. Its
// checks and units wait for Exhibitor like everything else on a master, so
// their patience begins where Exhibitor's ends.
func masterServe() []gateRow {
	type T = inventory.Timeouts
	return []gateRow{
		{"exhibitor", 3, 60 * time.Second, 15 * time.Second, func(t T) time.Duration { return t.Exhibitor }, 10 * time.Minute},
		{"mesos-master", 3, 60 * time.Second, 15 * time.Second, func(t T) time.Duration { return t.Unit }, 5 * time.Minute},
		{"registrar", 3, 20 * time.Second, 5 * time.Second, func(t T) time.Duration { return t.Registrar }, 5 * time.Minute},
		{"leader", 3, 15 * time.Second, 5 * time.Second, func(t T) time.Duration { return t.Leader }, 5 * time.Minute},
		{"mesos-version", 1, 0, 5 * time.Second, func(t T) time.Duration { return t.Unit }, 5 * time.Minute},
		{"cockroach", 3, 30 * time.Second, 10 * time.Second, func(t T) time.Duration { return t.Ranges }, 20 * time.Minute},
		{"etcd", 3, 30 * time.Second, 10 * time.Second, func(t T) time.Duration { return t.Exhibitor }, 10 * time.Minute},
		{"check-runner", 2, 60 * time.Second, 30 * time.Second, func(t T) time.Duration { return both(t.Exhibitor, t.Checks) }, 15 * time.Minute},
		{"units", 2, 60 * time.Second, 20 * time.Second, func(t T) time.Duration { return both(t.Exhibitor, t.Units) }, 13 * time.Minute},
		{"agents-back", 2, 10 * time.Second, 5 * time.Second, func(t T) time.Duration { return t.AgentsBack }, 9 * time.Minute},
	}
}

// deferred are those of a master's gates that let something be red until all
// masters are done.
func deferred(gates []GateSpec) []GateSpec {
	return slices.DeleteFunc(slices.Clone(gates), func(g GateSpec) bool { return g.Gate != "check-runner" && g.Gate != "units" })
}

// Deferred lists, for each master that the plan patches, the step that asks it
// once more for what it was allowed to be red in: part of a step of
// ActionDeferred.
func (p *Plan) Deferred(of Step) []Step {
	var steps []Step
	for _, st := range p.Stages {
		if st.Kind != StageMasters {
			continue
		}
		for _, l := range st.Lanes {
			for _, s := range l.Steps {
				if s.Action == ActionServe {
					steps = append(steps, Step{ID: of.ID + StepID("/"+string(l.Node)), Node: l.Node, Action: of.Action, Gates: deferred(s.Gates), Timeout: of.Timeout})
				}
			}
		}
	}
	return steps
}

// mastersOf are the gates of masters for a target: etcd is asked for where the
// target has it.
func mastersOf(packages []string) []gateRow {
	has := slices.ContainsFunc(packages, func(id string) bool { return strings.HasPrefix(id, "etcd--") })
	return slices.DeleteFunc(masterServe(), func(r gateRow) bool { return r.gate == "etcd" && !has })
}

// agentReturn is the quarantined half: the agent came back as itself. It asks
// registered for less than the serving half does: two answers show that the agent
// is there, and that it stays is seen while the slower gates of serving are asked.
func agentReturn() []gateRow {
	type T = inventory.Timeouts
	return []gateRow{
		{"registered", 2, 5 * time.Second, 5 * time.Second, func(t T) time.Duration { return t.Registered }, 10 * time.Minute},
		{"mesos-version", 1, 0, 5 * time.Second, func(t T) time.Duration { return t.Registered }, 10 * time.Minute},
	}
}

// agentServe is the serving half: the agent stays, and does its work.
func agentServe() []gateRow {
	type T = inventory.Timeouts
	return []gateRow{
		{"registered", 3, 20 * time.Second, 5 * time.Second, func(t T) time.Duration { return t.Registered }, 10 * time.Minute},
		{"tasks", 2, 10 * time.Second, 5 * time.Second, func(t T) time.Duration { return t.Tasks }, 5 * time.Minute},
		{"check-runner", 2, 60 * time.Second, 30 * time.Second, func(t T) time.Duration { return t.Checks }, 5 * time.Minute},
		{"units", 2, 60 * time.Second, 20 * time.Second, func(t T) time.Duration { return t.Units }, 3 * time.Minute},
	}
}

// both adds two patiences, of which neither may be missing.
func both(a, b time.Duration) time.Duration {
	if a <= 0 || b <= 0 {
		return 0
	}
	return a + b
}

// gatesOf turns rows into a step's gates.
func gatesOf(rows []gateRow, t inventory.Timeouts, f timeScale) []GateSpec {
	specs := make([]GateSpec, len(rows))
	for i, r := range rows {
		specs[i] = GateSpec{
			Gate:   r.gate,
			Need:   r.need,
			Span:   f.span(r.span),
			Every:  f.poll(r.every),
			Within: f.timeout(positive(r.within(t), r.orElse)),
		}
	}
	return specs
}

// patience is the longest that the gates of a step can take together: they
// run side by side.
func patience(gates []GateSpec) Duration {
	var d Duration
	for _, g := range gates {
		d = max(d, g.Within+g.Span)
	}
	return d
}

// scriptPatience is how long the patch script is watched, where the policy is
// silent: longer for 1.11 and 2.2, whose scripts wait for the node themselves.
func scriptPatience(t inventory.Timeouts, to dcos.Version) time.Duration {
	if m := to.Minor(); m == "1.11" || m == "2.2" {
		return positive(t.Script, 30*time.Minute)
	}
	return positive(t.Script, 15*time.Minute)
}

func positive(d, orElse time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return orElse
}
