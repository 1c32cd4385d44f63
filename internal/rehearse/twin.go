package rehearse

import (
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// twin is the cluster's truth at a moment of virtual time.
type twin struct {
	clock
	*chance
	*oracle
	plan   *plan.Plan
	nodes  []*node
	byName map[inventory.NodeName]*node
	leader inventory.NodeName // of Mesos
	red    time.Duration      // no leader works until then
	tell   func(format string, args ...any)
}

func newTwin(p *plan.Plan, c *chance) *twin {
	w := &twin{chance: c, plan: p, byName: make(map[inventory.NodeName]*node, len(p.Nodes)), tell: func(string, ...any) {}}
	for _, pn := range p.Nodes {
		n := &node{Node: pn, gone: never, back: never, ready: map[string]time.Duration{}}
		w.nodes, w.byName[pn.Name] = append(w.nodes, n), n
		if n.master() && (w.leader == "" || pn.Weight >= leads) {
			w.leader = pn.Name
		}
	}
	for _, st := range p.Stages {
		for _, l := range st.Lanes {
			if n := w.byName[l.Node]; n != nil && st.Kind != plan.StageAhead {
				n.width = st.Width
			}
		}
	}
	w.oracle = newOracle(w)
	return w
}

// disturbs reports whether lanes of the stage take nodes out of service.
func (w *twin) disturbs(stage string) bool {
	for _, st := range w.plan.Stages {
		if st.ID == stage {
			return st.Kind == plan.StageMasters || st.Kind == plan.StageCanary || st.Kind == plan.StageGroup
		}
	}
	return false
}

// leads is the weight of Mesos's leader among leader weights.
const leads = 4

// elect loses the leader: for a while nobody leads, then every agent has to
// register again.
func (w *twin) elect() {
	var others []inventory.NodeName
	for _, n := range w.nodes {
		if n.master() && n.Name != w.leader && !n.out(w.now) {
			others = append(others, n.Name)
		}
	}
	if len(others) > 0 {
		w.leader = others[w.rng.IntN(len(others))]
	}
	w.red = max(w.red, w.now+w.between(8*time.Second, 12*time.Second)+w.around(15*time.Second))
	w.tell("the leader is lost; %s is elected", w.leader)
}

// look is an honest observation of the cluster as it is now.
func (w *twin) look() plan.Observation {
	obs := plan.Observation{Green: true, Weights: map[inventory.NodeName]int{w.leader: leads}}
	var serving []inventory.NodeName
	masters := 0
	refuse := func(check string, n inventory.NodeName, seen string) {
		obs.Green = false
		obs.Findings = append(obs.Findings, dcos.Finding{Check: check, Node: string(n), Status: dcos.Failed, Observed: seen})
	}
	if w.now < w.red {
		refuse("leader", "", "no elected leader works")
	}
	for _, n := range w.nodes {
		switch {
		case n.master():
			if masters++; n.out(w.now) {
				refuse("zookeeper", n.Name, "does not serve")
			} else {
				serving = append(serving, n.Name)
			}
		case n.Disposition != plan.Excluded && n.out(w.now):
			obs.Out = append(obs.Out, n.Name)
		}
	}
	for _, name := range []string{"zookeeper", "registrar", "cockroach"} {
		obs.Quorums = append(obs.Quorums, plan.Quorum{Name: name, Size: masters, Serving: serving, Age: plan.Duration(time.Second)})
	}
	return obs
}

// agentDies switches an agent off that nobody of us has in hand.
func (w *twin) agentDies(f Fault) {
	var may []*node
	for _, n := range w.nodes {
		if !n.master() && !n.out(w.now) && !n.script.running && (f.Where == "" || n.Name == f.Where) && n.Disposition != plan.Excluded {
			may = append(may, n)
		}
	}
	if len(may) == 0 {
		return
	}
	n := may[w.rng.IntN(len(may))]
	lasts, _ := w.strikes(f)
	n.off = true
	w.tell("%s dies, untouched by us", n.Name)
	w.measure()
	if lasts != never {
		w.in(lasts, func() { w.powerOn(n) })
	}
}

// masterDies stops the services of a master that the run does not have in hand.
func (w *twin) masterDies(f Fault) {
	var may []*node
	for _, n := range w.nodes {
		if n.master() && !n.out(w.now) && !w.inHand(n) && (f.Where == "" || n.Name == f.Where) {
			may = append(may, n)
		}
	}
	if len(may) == 0 {
		return
	}
	n := may[w.rng.IntN(len(may))]
	lasts, _ := w.strikes(f)
	n.gone, n.back, n.ours = w.now, plus(w.now, lasts), false
	w.tell("%s fails, untouched by the run", n.Name)
	if n.Name == w.leader {
		w.elect()
	}
}

// powerOn brings a machine up; at boot, dcos-setup finishes a swap that had not
// moved anything, and no other.
func (w *twin) powerOn(n *node) (was bool) {
	if !n.off && !n.script.booting {
		return false
	}
	n.off, n.script.booting, n.script.finishing = false, false, false
	w.tell("%s is up again", n.Name)
	if n.script.midSwap && n.script.moving {
		w.tell("dcos-setup cannot finish the swap on %s", n.Name)
		return true
	}
	if n.script.midSwap {
		n.script.midSwap, n.script.atTarget = false, true
	}
	n.gone = min(n.gone, w.now)
	w.recovers(n)
	return true
}

// outage counts the agents that are out: because of us, and all.
func (w *twin) outage() (ours, all int) {
	for _, n := range w.nodes {
		if n.master() || n.Disposition == plan.Excluded || !n.out(w.now) {
			continue
		}
		all++
		if n.ours {
			ours++
		}
	}
	return ours, all
}

// agentsOut lists the agents that are out.
func (w *twin) agentsOut() []inventory.NodeName {
	var out []inventory.NodeName
	for _, n := range w.nodes {
		if !n.master() && n.Disposition != plan.Excluded && n.out(w.now) {
			out = append(out, n.Name)
		}
	}
	return slices.Clip(out)
}
