package rehearse

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// oracle watches the twin from outside, and says which safety rules were
// broken. It believes nothing that the engine thinks.
type oracle struct {
	w          *twin
	broken     []string
	verified   map[inventory.NodeName]bool // its gates really held after its last script
	admitted   map[inventory.NodeName]bool // let in, and its script not begun
	holding    map[inventory.NodeName]bool // the controller was told that it is away for too long
	probing    map[inventory.NodeName]bool // a launch probe's framework may be there
	approved   map[inventory.NodeName]bool // finishing its swap, by the newest resume, and not used yet
	leaderless bool                        // no leader worked when the cluster was last looked at
	seen       []inventory.NodeName        // agents out when the cluster was last looked at
	peakOurs   int
	peakAll    int
}

func newOracle(w *twin) *oracle {
	return &oracle{w: w, verified: map[inventory.NodeName]bool{}, admitted: map[inventory.NodeName]bool{}, holding: map[inventory.NodeName]bool{},
		probing: map[inventory.NodeName]bool{}, approved: map[inventory.NodeName]bool{}}
}

func (o *oracle) breaks(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	o.broken = append(o.broken, text)
	o.w.tell("VIOLATION: %s", text)
}

// measure notes how much of the budget is used.
func (o *oracle) measure() {
	ours, all := o.w.outage()
	o.peakOurs, o.peakAll = max(o.peakOurs, ours), max(o.peakAll, all)
}

// inHand reports whether a script was begun on the node and nothing has proved
// since that the node is well again.
func (o *oracle) inHand(n *node) bool {
	return n.script.running || n.script.starts > 0 && !n.script.harmless() && !o.verified[n.Name]
}

// begins judges what the engine has begun on a node, whatever becomes of it.
func (o *oracle) begins(n *node, paused bool) {
	if paused {
		o.breaks("%s is taken although a person has interrupted the run", n.Name)
	}
	if o.leaderless && n.master() {
		o.breaks("%s is taken although no leader worked when the cluster was last looked at", n.Name)
	}
}

// launched judges the beginning of a script, before its effects.
func (o *oracle) launched(n *node) {
	delete(o.admitted, n.Name)
	if n.script.starts > 0 && !n.script.harmless() {
		o.breaks("the script is begun again on %s, and nothing proves that the last time was harmless", n.Name)
	}
	o.alone(n, "the script is begun on")
	delete(o.verified, n.Name)
}

// alone judges that a node is taken, by what is out and in hand besides it.
func (o *oracle) alone(n *node, doing string) {
	flying := 1
	for _, m := range o.w.nodes {
		switch {
		case m == n:
		case m.master() && m.out(o.w.now) && n.master() && (m.ours || o.w.now-m.gone > plan.FreshFor): // a failure since the proof is beyond its knowledge
			o.breaks("two masters out: %s %s while %s does not serve", doing, n.Name, m.Name)
		case m.master() && o.inHand(m):
			o.breaks("%s %s while master %s is patched and not verified", doing, n.Name, m.Name)
		case m.master() && !n.master() && m.Disposition == plan.Patch && !o.verified[m.Name]:
			o.breaks("%s agent %s before master %s is done", doing, n.Name, m.Name)
		case !m.master() && !n.master() && !m.lost && o.inHand(m):
			flying++
		}
	}
	if !n.master() && flying > n.width {
		o.breaks("%d agents in hand with %s, width %d", flying, n.Name, n.width)
	}
}

// heard judges what the engine has decided.
func (o *oracle) heard(e journal.Event, s orchestrator.State) {
	switch e.Kind {
	case journal.RunStarted, journal.RunResumed:
		clear(o.admitted)
		clear(o.holding)
		clear(o.approved)
		for _, n := range e.Finish {
			o.approved[n] = true
		}
	case journal.Observed:
		o.leaderless = slices.ContainsFunc(e.Observation.Findings, func(f dcos.Finding) bool { return f.Check == "leader" })
	case journal.StepEnded, journal.Reconciled:
		o.toldOf(e)
	case journal.LaneAdmitted:
		o.admission(e)
	case journal.RunStopped:
		o.left(s)
	case journal.RunDone:
		o.done(s)
	}
}

// admission judges a lane that is let in: by what was out when the cluster was
// last looked at, and by what we have in hand now.
func (o *oracle) admission(e journal.Event) {
	n := o.w.byName[e.Node]
	if n == nil || n.master() || !o.w.disturbs(e.Stage) {
		return
	}
	for name := range o.holding {
		o.breaks("%s is admitted while %s has been away for most of what Mesos allows", n.Name, name)
	}
	out := map[inventory.NodeName]bool{n.Name: true}
	for _, m := range o.seen {
		out[m] = true
	}
	for _, m := range o.w.nodes {
		if !m.master() && (o.admitted[m.Name] || m.script.running || m.ours && m.out(o.w.now)) {
			out[m.Name] = true
		}
	}
	o.admitted[n.Name] = true
	if len(out) > o.w.plan.MaxOut {
		o.breaks("%s is admitted as number %d out of service, max_out %d", n.Name, len(out), o.w.plan.MaxOut)
	}
}

// left judges what is said when a run stops.
func (o *oracle) left(s orchestrator.State) {
	if len(o.probing) > 0 && !s.OwesFor(plan.OwesProbe) {
		o.breaks("a launch probe's framework may be left, and the run does not owe to remove it")
	}
	safe := s.SafeToLeave()
	if !safe.Safe {
		return
	}
	for _, n := range o.w.nodes {
		why := ""
		switch {
		case n.script.running:
			why = "the script is running on it"
		case n.script.midSwap:
			why = "it is in the middle of a swap"
		case n.master() && n.ours && n.out(o.w.now):
			why = "it is a master, out because of us"
		default:
			continue
		}
		o.breaks("SAFE TO LEAVE is said falsely: %s: %s (said: %s)", n.Name, why, safe.Why)
	}
}

// done judges the word done.
func (o *oracle) done(s orchestrator.State) {
	for name := range o.probing {
		o.breaks("done is said, and the framework of the launch probe of %s may be left", name)
	}
	left := s.Skipped()
	for _, n := range o.w.nodes {
		if n.Disposition != plan.Patch || slices.Contains(left, n.Name) {
			continue
		}
		if !n.script.atTarget || !o.verified[n.Name] {
			o.breaks("done is said, and %s is not patched and verified", n.Name)
		}
	}
}
