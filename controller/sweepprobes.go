package controller

import (
	"context"
	"fmt"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

// probes are the frameworks of launch probes at the leader. They end with their
// controller, but for one whose connection to the master is half open.
type probes struct {
	lead checks.Lead
	left []patcher.Probe
	err  error // why they were not looked for, or not removed
}

// lookProbes asks the leader. No run is under way: what is there is left.
func (w *sweeper) lookProbes(ctx context.Context) {
	facts := plan.Facts{Nodes: map[inventory.NodeName]plan.NodeFacts{}}
	for _, l := range w.all {
		facts.Nodes[l.node] = plan.NodeFacts{IP: l.survey.IP}
	}
	p := &w.probes
	if p.lead, p.err = w.checks(w.subject(facts), "").Lead(ctx); p.err == nil {
		p.left, p.err = patcher.Probes(ctx, p.lead, anyProbe)
	}
}

func anyProbe(patcher.ProbeName) bool { return true }

// remove is done under the lock, as everything else.
func (p *probes) remove(ctx context.Context) {
	if p.err == nil {
		p.err = patcher.RemoveProbes(ctx, p.lead, anyProbe)
	}
}

// swept is what was removed; nil: there is nothing to tell.
func (p *probes) swept() *SweptNode {
	if len(p.left) == 0 && p.err == nil {
		return nil
	}
	s := &SweptNode{Node: p.lead.Node, Paths: []string{}, Err: p.err}
	for _, f := range p.left {
		s.Paths = append(s.Paths, fmt.Sprintf("framework %s (%s)", f.ID, f.Name))
	}
	return s
}
