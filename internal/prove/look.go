package prove

import (
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// look is every observation of the cluster: honest, red, or begun too early.
func (w world) look() []world {
	honest := w.observation()
	seen := w
	seen.red = false
	next := []world{seen.fact("the cluster is looked at", journal.Event{Kind: journal.Observed, Observation: &honest, Asked: w.state.Seq, AskedAt: w.now()})}
	if w.left.Troubles > 0 {
		red := honest
		red.Green, red.Findings = false, append(slices.Clone(honest.Findings), unserved("leader", ""))
		r := w.fact("the cluster is red", journal.Event{Kind: journal.Observed, Observation: &red, Asked: w.state.Seq, AskedAt: w.now()})
		r.left.Troubles--
		r.red = true
		stale := w.everything()
		late := w.fact("an old look arrives, with everybody serving", journal.Event{Kind: journal.Observed, Observation: &stale, Asked: 1})
		late.left.Troubles--
		late.red = false
		next = append(next, r, late)
	}
	if w.waits > 0 && w.left.Troubles > 0 {
		slow := w.before()
		s := w.fact("a look arrives that was begun minutes ago", journal.Event{Kind: journal.Observed, Observation: &slow, Asked: w.state.Seq, AskedAt: w.at(w.waits - 1)})
		s.left.Troubles--
		next = append(next, s)
	}
	return next
}

// everything is an observation in which everybody serves.
func (w world) everything() plan.Observation {
	obs := plan.Observation{Green: true, Weights: map[inventory.NodeName]int{}}
	var serving []inventory.NodeName
	for i, m := range w.state.Plan.Masters() {
		serving = append(serving, m.Name)
		obs.Weights[m.Name] = i
	}
	obs.Quorums = []plan.Quorum{{Name: "zookeeper", Size: len(serving), Serving: serving}}
	return obs
}

// observation is what an honest look sees: who is out is out, and a master
// that is out makes the cluster red.
func (w world) observation() plan.Observation {
	obs := w.everything()
	for id, f := range w.nodes {
		if !f.out {
			continue
		}
		name := w.state.NodeOf(id)
		if w.state.IsMasterStep(id) {
			obs.Green = false
			obs.Findings = append(obs.Findings, unserved("zookeeper", name))
			for i, m := range obs.Quorums[0].Serving {
				if m == name {
					obs.Quorums[0].Serving = append(append([]inventory.NodeName(nil), obs.Quorums[0].Serving[:i]...), obs.Quorums[0].Serving[i+1:]...)
					break
				}
			}
		} else {
			obs.Out = append(obs.Out, name)
		}
	}
	return w.other.seen(obs)
}

func unserved(check string, n inventory.NodeName) dcos.Finding {
	return dcos.Finding{Check: check, Node: string(n), Status: dcos.Failed}
}
