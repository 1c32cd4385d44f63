package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// The ids of stages that every plan may have; groups must not be called so.
const (
	idPreflight   = "preflight"
	idStageMaster = "stage-masters"
	idStageAgents = "stage-agents"
	idMasters     = "masters"
	idDeferred    = "masters-done"
	idPostflight  = "postflight"
	canarySuffix  = "-canary"
)

// addStages lays out the work in the order in which it is done. A stage
// without lanes is left out.
func (s *builder) addStages(p *Plan) {
	todo := map[string][]Node{idMasters: nil} // by group
	for _, r := range p.Groups {
		todo[r.Name] = make([]Node, 0, r.Size)
	}
	for _, n := range p.Nodes {
		if n.Disposition == Patch {
			todo[n.Group] = append(todo[n.Group], n)
		}
	}
	masters := byWeight(todo[idMasters])
	agents := make([]Node, 0, len(p.Nodes))
	for _, r := range p.Groups {
		agents = append(agents, todo[r.Name]...)
	}
	w := work{scale: s.scale, policy: s.c.Policy, ids: p.Script.Packages, own: customSpecs(s.c, idMasters, s.scale)}
	p.add(w.clusterStage(idPreflight, StagePreflight))
	p.add(w.aheadStage(idStageMaster, masters, 1))
	p.add(w.aheadStage(idStageAgents, agents, s.c.Policy.StageParallel))
	ms := w.mastersStage(masters)
	ms.Note = mastersNote(s.in.Facts.Cluster)
	p.add(ms)
	p.add(w.deferredStage(masters, p.ExpectedRed))
	for i, r := range p.Groups {
		w.policy, w.own = s.c.Groups[i].Policy, customSpecs(s.c, r.Name, s.scale)
		canaries, rest := split(todo[r.Name], chooseCanaries(r, todo[r.Name], s.fit))
		p.add(w.canaryStage(r, canaries))
		p.add(w.groupStage(r, rest))
	}
	w.policy = s.c.Policy
	p.add(w.clusterStage(idPostflight, StagePostflight))
	for _, st := range p.Stages {
		p.Estimate += st.Estimate
	}
}

func (p *Plan) add(st Stage) {
	if len(st.Lanes) > 0 {
		p.Stages = append(p.Stages, st)
	}
}

// byWeight lists masters as the rule would choose them now. It is a preview:
// leaders move, and the choice is made again before each master.
func byWeight(masters []Node) []Node {
	return slices.SortedStableFunc(slices.Values(masters), func(a, b Node) int {
		return cmp.Or(cmp.Compare(a.Weight, b.Weight), natural(string(a.Name), string(b.Name)))
	})
}

// chooseCanaries names the canaries among the nodes to patch: the declared
// ones, or the median-loaded agent with a running task, ties by name, of those
// that are fit. A group without tasks has its first fit node for a canary; a
// group of one would be nothing but its canary, and has none.
func chooseCanaries(r GroupRule, todo []Node, fit func(inventory.NodeName) bool) []inventory.NodeName {
	if len(r.Canary) == 1 && r.Canary[0] == "none" || len(todo) == 0 {
		return nil
	}
	if len(r.Canary) != 1 || r.Canary[0] != "auto" {
		var names []inventory.NodeName
		for _, n := range r.Canary {
			names = append(names, inventory.NodeName(n))
		}
		return names
	}
	if len(todo) == 1 {
		return nil
	}
	serving := slices.DeleteFunc(slices.Clone(todo), func(n Node) bool { return !fit(n.Name) })
	if len(serving) == 0 {
		return nil // judgeCanaries refuses that
	}
	busy := slices.DeleteFunc(slices.Clone(serving), func(n Node) bool { return n.Tasks < 1 })
	if len(busy) == 0 {
		return []inventory.NodeName{serving[0].Name}
	}
	slices.SortFunc(busy, func(a, b Node) int {
		return cmp.Or(cmp.Compare(a.Tasks, b.Tasks), natural(string(a.Name), string(b.Name)))
	})
	median := busy[(len(busy)-1)/2].Tasks
	first := slices.IndexFunc(busy, func(n Node) bool { return n.Tasks == median })
	return []inventory.NodeName{busy[first].Name}
}

// split parts the chosen nodes from the rest, both in the order given.
func split(nodes []Node, chosen []inventory.NodeName) (in, rest []Node) {
	rest = make([]Node, 0, len(nodes))
	for _, n := range nodes {
		if slices.Contains(chosen, n.Name) {
			in = append(in, n)
		} else {
			rest = append(rest, n)
		}
	}
	return in, rest
}

// mastersNote says why one master may be away.
func mastersNote(obs Observation) string {
	if len(obs.Quorums) == 0 {
		return ""
	}
	q := obs.Quorums[0]
	for _, o := range obs.Quorums {
		if len(o.Serving)-o.Need() < len(q.Serving)-q.Need() {
			q = o
		}
	}
	if q.Size == 1 {
		return "the only one: no master serves while it is patched"
	}
	return fmt.Sprintf("%d serve, quorum %d: one stops, %d remain", len(q.Serving), q.Need(), len(q.Serving)-1)
}
