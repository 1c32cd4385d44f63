package plan

import (
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// specs are the demands of the table for nodes of a role, under a policy's
// timeouts, of the gates that fit.
func (f timeScale) specs(role dcos.Role, t inventory.Timeouts, fits func(gates.Gate) bool) []GateSpec {
	var specs []GateSpec
	for _, g := range gates.Table() {
		if g.Of(role) && fits(g) {
			specs = append(specs, GateSpec{
				Gate: g.Name, Need: g.Need,
				Span: f.span(g.Span), Every: f.poll(g.Every), Within: f.timeout(t.Sum(g.Within.Of(role))),
			})
		}
	}
	return specs
}

// returns are the demands of an agent's step return.
func (f timeScale) returns(role dcos.Role, t inventory.Timeouts) []GateSpec {
	specs := f.specs(role, t, func(g gates.Gate) bool { return g.Half == gates.Quarantined })
	for i := range specs {
		if g, _ := gates.Find(specs[i].Gate); g.Return.Need > 0 {
			specs[i].Need, specs[i].Span = g.Return.Need, f.span(g.Return.Span)
		}
	}
	return specs
}

func anyTime(g gates.Gate) bool   { return !g.AfterPatch }
func serving(g gates.Gate) bool   { return g.Half == gates.Serving || g.Return.Need > 0 }
func deferring(g gates.Gate) bool { return g.Deferred != "" }

// targetHas fits the gates whose package the target has.
func targetHas(packages []string) func(gates.Gate) bool {
	return func(g gates.Gate) bool {
		return g.Package == "" || slices.ContainsFunc(packages, func(id string) bool { return strings.HasPrefix(id, g.Package+"--") })
	}
}

// VerifyGates are the gates of a node's verification that can be asked outside
// of a run.
func VerifyGates(c *inventory.Cluster, n inventory.Node) []GateSpec {
	scale, t := scaleOf(c.Rehearsal.TimeScale), c.Policy.Timeouts
	for _, g := range c.Groups {
		if g.Name == n.Group {
			t = g.Policy.Timeouts
		}
	}
	return append(scale.specs(n.Role, t, anyTime), customSpecs(c, n.Group, scale)...)
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
					asked := slices.DeleteFunc(slices.Clone(s.Gates), func(g GateSpec) bool {
						of, _ := gates.Find(g.Gate)
						return !deferring(of)
					})
					steps = append(steps, Step{ID: of.ID + StepID("/"+string(l.Node)), Node: l.Node, Action: of.Action, Gates: asked, Timeout: of.Timeout})
				}
			}
		}
	}
	return steps
}

// longest is the time that the gates of a step can take together: they
// run side by side.
func longest(gates []GateSpec) Duration {
	var d Duration
	for _, g := range gates {
		d = max(d, g.Within+g.Span)
	}
	return d
}
