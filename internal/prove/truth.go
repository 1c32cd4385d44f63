package prove

import (
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/safety"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// truth is what is true of the nodes, whatever the engine thinks. A master's failure
// counts once it was before the last wait: one between an observation and the launch
// is beyond anybody's knowledge.
func (w world) truth() safety.Cluster {
	c := safety.Cluster{Owes: w.state.OwesFor(plan.OwesProbe)}
	for _, n := range w.state.Plan.Nodes {
		since, fails := w.other[n.Name]
		c.Nodes = append(c.Nodes, safety.Node{Name: string(n.Name), Master: n.Role == dcos.Master, Owed: n.Disposition == plan.Patch, Out: fails && since < w.waits})
	}
	for id, f := range w.nodes {
		name := string(w.state.NodeOf(id))
		n := &c.Nodes[slices.IndexFunc(c.Nodes, func(n safety.Node) bool { return n.Name == name })]
		sound := f.over && !f.finishing
		n.GoneOn = n.GoneOn || (f.probe || f.begun > 0 && !sound) && w.goneOn(id)
		if f.probe {
			n.Leaves = "the framework of its launch probe"
		}
		if f.begun == 0 {
			continue
		}
		n.Taken, n.Verified, n.Begun = f.out, sound && !f.out && f.class == plan.ClassNone, !sound || f.class != plan.BeforeSwap
		n.Running, n.Finishing, n.Cut = !f.over, f.finishing, f.over && f.class == plan.MidSwap
		n.Out, n.Ours = n.Out || f.out, f.out
	}
	return c
}

// goneOn reports whether the lane of a step has gone on to what follows it.
func (w world) goneOn(id plan.StepID) bool {
	for i, st := range w.state.Plan.Stages {
		for k, ln := range st.Lanes {
			if at := slices.IndexFunc(ln.Steps, func(p plan.Step) bool { return p.ID == id }); at >= 0 {
				l := w.state.Lanes[i][k]
				return l.Step > at || l.Phase == orchestrator.Verified
			}
		}
	}
	return false
}

// taking is the truth as the engine takes a node.
func (w world) taking() safety.Cluster {
	c := w.truth()
	switch {
	case w.state.Paused:
		c.Held = "somebody has interrupted the run"
	case w.red:
		c.Held = "the cluster was red when it was last looked at"
	}
	return c
}

// ended is the truth as the run is called done: nothing is demanded of nodes that it
// says it leaves.
func (w world) ended() safety.Cluster {
	c, left := w.truth(), w.state.Skipped()
	for i, n := range c.Nodes {
		if slices.ContainsFunc(left, func(name inventory.NodeName) bool { return string(name) == n.Name }) {
			c.Nodes[i].Owed, c.Nodes[i].Taken, c.Nodes[i].Leaves = false, false, ""
		}
	}
	return c
}
