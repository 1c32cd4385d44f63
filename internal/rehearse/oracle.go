package rehearse

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/safety"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// oracle watches the twin from outside, and says which safety rules were
// broken. What is true of nodes it takes from the twin. From the engine it has only
// what was said and is to be judged (an event, a stop, that it is safe to leave), what
// the run was told, and what the run owes and leaves by its own word.
type oracle struct {
	w          *twin
	broken     []string
	verified   map[inventory.NodeName]bool // its gates really held after its last script
	admitted   map[inventory.NodeName]bool // let in, and its script not begun
	watched    map[inventory.NodeName]bool // a step is under way that says when it is away for too long
	probing    map[inventory.NodeName]bool // a launch probe's framework is there
	approved   map[inventory.NodeName]bool // finishing its swap, by the newest resume, and not used yet
	leaderless bool                        // no leader worked when the cluster was last looked at
	seen       []inventory.NodeName        // agents out when the cluster was last looked at
	peakOurs   int
	peakAll    int
}

func newOracle(w *twin) *oracle {
	return &oracle{w: w, verified: map[inventory.NodeName]bool{}, admitted: map[inventory.NodeName]bool{}, watched: map[inventory.NodeName]bool{},
		probing: map[inventory.NodeName]bool{}, approved: map[inventory.NodeName]bool{}}
}

func (o *oracle) breaks(format string, args ...any) { o.judge([]string{fmt.Sprintf(format, args...)}) }

// judge notes the rules that were broken.
func (o *oracle) judge(broken []string) {
	o.broken = append(o.broken, broken...)
	for _, text := range broken {
		o.w.tell("VIOLATION: %s", text)
	}
}

// measure notes how much of the budget is used.
func (o *oracle) measure() {
	ours, all := o.w.outage()
	o.peakOurs, o.peakAll = max(o.peakOurs, ours), max(o.peakAll, all)
}

// inHand reports whether a script was begun on the node and nothing has proved
// since that the node is well again.
func (o *oracle) inHand(n *host) bool {
	return n.script.running || n.script.starts > 0 && !n.script.harmless() && !o.verified[n.Name]
}

// truth is what is true of the nodes. Of those that the run has left, nothing is
// demanded.
func (o *oracle) truth(left ...inventory.NodeName) safety.Cluster {
	var c safety.Cluster
	for _, n := range o.w.nodes {
		f := safety.Node{Name: string(n.Name), Master: n.master(), Owed: n.Disposition == plan.Patch, Verified: n.script.atTarget && o.verified[n.Name],
			Begun: n.script.starts > 0 && !n.script.harmless(), Taken: o.inHand(n), Flies: !n.master() && !n.lost && o.inHand(n),
			Running: n.script.running, Cut: n.script.midSwap, Finishing: n.script.finishing, Told: n.told, Ours: n.ours,
			Out: n.out(o.w.now) && (n.ours || o.w.now-n.gone > plan.FreshFor)} // a failure since the proof is beyond its knowledge
		if o.probing[n.Name] {
			f.Leaves = "the framework of a launch probe"
		}
		if slices.Contains(left, n.Name) {
			f.Owed, f.Taken = false, false
		}
		c.Nodes = append(c.Nodes, f)
	}
	return c
}

// taking is the truth as a node is taken.
func (o *oracle) taking(n *host) safety.Cluster {
	c := o.truth()
	c.Staged, c.Width, c.Owes = true, n.width, true
	return c
}

// begins judges what the engine has begun on a node, whatever becomes of it.
func (o *oracle) begins(n *host, paused bool) {
	var c safety.Cluster
	switch {
	case paused:
		c.Held = "a person has interrupted the run"
	case o.leaderless && n.master():
		c.Held = "no leader worked when the cluster was last looked at"
	}
	o.judge(c.Begin(string(n.Name)))
}

// launched judges the beginning of a script, before its effects.
func (o *oracle) launched(n *host) {
	delete(o.admitted, n.Name)
	o.judge(o.taking(n).Launch(string(n.Name)))
	delete(o.verified, n.Name)
}

// heard judges what the engine has decided.
func (o *oracle) heard(e journal.Event, s orchestrator.State) {
	switch e.Kind {
	case journal.RunStarted, journal.RunResumed:
		clear(o.admitted)
		clear(o.watched)
		clear(o.approved)
		for _, n := range e.Finish {
			o.approved[n] = true
		}
	case journal.Observed:
		o.leaderless = slices.ContainsFunc(e.Observation.Findings, func(f dcos.Finding) bool { return f.Check == "leader" })
	case journal.StepEnded, journal.Reconciled:
		if n := o.w.byName[e.Node]; n != nil && e.Report.Outcome == plan.Failed && e.Report.Class == plan.MidSwap {
			n.told = true
		}
	case journal.LaneAdmitted:
		o.admission(e)
	case journal.RunStopped:
		o.left(s)
	case journal.RunDone:
		o.judge(o.truth(s.Skipped()...).Done())
	}
}

// admission judges a lane that is let in: by what was out when the cluster was
// last looked at, and by what we have in hand now.
func (o *oracle) admission(e journal.Event) {
	n := o.w.byName[e.Node]
	if n == nil || n.master() || !o.w.disturbs(e.Stage) {
		return
	}
	c := safety.Cluster{MaxOut: o.w.plan.MaxOut}
	for _, m := range o.w.nodes {
		out := slices.Contains(o.seen, m.Name) || !m.master() && (o.admitted[m.Name] || m.script.running || m.ours && m.out(o.w.now))
		c.Nodes = append(c.Nodes, safety.Node{Name: string(m.Name), Master: m.master(), Out: out, Late: o.late(m)})
	}
	o.admitted[n.Name] = true
	o.judge(c.Admit(string(n.Name)))
}

// noticed is how long it may take until the run knows that a node is away for too long.
const noticed = 30 * time.Second

// late reports whether a node is away for most of what Mesos allows, and the run could
// know it.
func (o *oracle) late(n *host) bool {
	now := o.w.now - noticed
	return o.watched[n.Name] && n.ours && n.out(o.w.now) && now-n.gone >= pingBudget*6/10 && now >= o.w.red
}

// left judges what is said when a run stops.
func (o *oracle) left(s orchestrator.State) {
	c := o.truth()
	c.Owes = s.OwesFor(plan.OwesProbe)
	o.judge(c.Always())
	if s.SafeToLeave().Safe {
		o.judge(c.Safe())
	}
}
