package rehearse

import (
	"errors"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/nodemodel"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// twin is the cluster's truth at a moment of virtual time.
type twin struct {
	clock
	*chance
	*oracle
	plan   *plan.Plan
	nodes  []*host
	byName map[inventory.NodeName]*host
	leader inventory.NodeName // of Mesos
	red    time.Duration      // no leader works until then
	tell   func(format string, args ...any)
}

// errRefused is why a node cannot be reached.
var errRefused = errors.New("connection refused")

func newTwin(p *plan.Plan, c *chance) *twin {
	w := &twin{chance: c, plan: p, byName: make(map[inventory.NodeName]*host, len(p.Nodes)), tell: func(string, ...any) {}}
	for _, pn := range p.Nodes {
		n := &host{Node: pn, gone: never, back: never, ready: map[string]time.Duration{}}
		n.prog = nodemodel.Node{Name: string(pn.Name), IP: pn.IP, Boot: "boot", Target: p.Script.Packages, Patched: pn.Disposition == plan.AtTarget}
		n.silent = &sshexec.DialError{Node: string(pn.Name), Addr: pn.Address, Err: errRefused}
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
	return slices.ContainsFunc(w.plan.Stages, func(st plan.Stage) bool {
		return st.ID == stage && (st.Kind == plan.StageMasters || st.Kind == plan.StageCanary || st.Kind == plan.StageGroup)
	})
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

// victim is a node that a fault of the cluster may strike; nil: there is none.
func (w *twin) victim(f Fault, may func(*host) bool) *host {
	all := slices.DeleteFunc(slices.Clone(w.nodes), func(n *host) bool { return n.out(w.now) || f.Where != "" && n.Name != f.Where || !may(n) })
	if len(all) == 0 {
		return nil
	}
	return all[w.rng.IntN(len(all))]
}

// agentDies switches an agent off whose script does not run.
func (w *twin) agentDies(f Fault) {
	n := w.victim(f, func(n *host) bool { return !n.master() && !n.script.running && n.Disposition != plan.Excluded })
	if n == nil {
		return
	}
	lasts, _ := w.strikes(f)
	n.off, n.gone = true, w.now
	w.tell("%s dies, untouched by us", n.Name)
	n.hangUp(errCut)
	w.measure()
	if lasts != never {
		w.in(lasts, func() { w.powerOn(n) })
	}
}

// masterDies stops the services of a master that the run does not have in hand.
func (w *twin) masterDies(f Fault) {
	n := w.victim(f, func(n *host) bool { return n.master() && !w.inHand(n) })
	if n == nil {
		return
	}
	lasts, _ := w.strikes(f)
	n.gone, n.back, n.ours = w.now, plus(w.now, lasts), false
	w.tell("%s fails, untouched by the run", n.Name)
	if n.Name == w.leader {
		w.elect()
	}
}

// powerOn brings a machine up; at boot, dcos-setup finishes a swap that had not
// moved anything, and no other.
func (w *twin) powerOn(n *host) (was bool) {
	if !n.off && !n.script.booting {
		return false
	}
	n.off, n.script.booting, n.script.finishing = false, false, false
	n.prog.Boot, n.prog.Booted = n.prog.Boot+"+", w.now
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
