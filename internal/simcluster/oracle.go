package simcluster

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// oracle judges what is launched when, from outside of the product. Guarded
// by Cluster.mu.
type oracle struct {
	broken   []string
	launches []Launch
	byUnit   map[*patch]int // index in launches
	left     []string       // agents that a person has left behind
	struck   time.Time      // when a fault last happened at its moment
}

// proofAge is how long, unscaled, a fault may have been there without anybody
// knowing: between the proof that a master may be taken and the launch lie the
// look itself and the way to the node.
const proofAge = 2 * time.Second

// unknown reports whether a fault has just happened: what it broke among the
// others was well when it was looked at.
func (w *oracle) unknown(c *Cluster) bool {
	return !w.struck.IsZero() && c.now().After(c.start) && c.now().Sub(w.struck) < c.scaled(proofAge)
}

// Launch is one start of the patch script.
type Launch struct {
	Node    string
	SHA256  string
	Attempt int
	Run     string
	Epoch   int
	Exit    int // -1 while it runs, or when nobody saw its end
	Applied bool
}

// Violations lists what must never happen, and has. It must be empty.
func (c *Cluster) Violations() []string {
	defer c.enter()()
	return append([]string(nil), c.watch.broken...)
}

// Launches lists the starts of the patch script on a node, or on all nodes
// for an empty name.
func (c *Cluster) Launches(name string) []Launch {
	defer c.enter()()
	var out []Launch
	for _, l := range c.watch.launches {
		if name == "" || l.Node == name {
			out = append(out, l)
		}
	}
	return out
}

// LeftBehind tells the oracle that a person has left an agent behind: it is
// out from here on, and not in flight.
func (c *Cluster) LeftBehind(name string) {
	defer c.enter()()
	c.watch.left = append(c.watch.left, name)
}

func (w *oracle) breaks(n *node, format string, args ...any) {
	text := n.name + ": " + fmt.Sprintf(format, args...)
	w.broken = append(w.broken, text)
	n.c.note(n, "violation", text)
}

// launch judges a start before its effects.
func (w *oracle) launch(p *patch, c claim) {
	n := p.n
	for _, l := range w.launches {
		if l.Node == n.name && l.SHA256 == p.sha && l.Applied {
			w.breaks(n, "the script was started again after it had been applied")
		}
	}
	w.needsLock(n, c)
	switch {
	case w.unknown(n.c):
	case n.role == dcos.Master:
		w.masterLaunch(n)
	default:
		w.agentLaunch(n)
	}
	if w.byUnit == nil {
		w.byUnit = map[*patch]int{}
	}
	w.byUnit[p] = len(w.launches)
	w.launches = append(w.launches, Launch{Node: n.name, SHA256: p.sha, Attempt: p.attempt, Run: c.run, Epoch: c.epoch, Exit: -1})
}

// finish judges that a cut swap is finished: it may stop what still runs, so that
// of a master every other one must serve.
func (w *oracle) finish(n *node, c claim) {
	w.needsLock(n, c)
	if n.role != dcos.Master || w.unknown(n.c) {
		return
	}
	for _, m := range n.c.masters() {
		if m != n && !m.masterServes() {
			w.breaks(n, "its swap is finished while master %s does not serve", m.name)
		}
	}
}

func (w *oracle) exit(p *patch, code int) {
	l := &w.launches[w.byUnit[p]]
	l.Exit, l.Applied = code, p.n.version == p.script.to && p.script.to != ""
}

// needsLock: the run must hold the lock on most of the masters.
func (w *oracle) needsLock(n *node, c claim) {
	held := 0
	for _, m := range n.c.masters() {
		if epoch, run, ok := m.holder(); ok && run == c.run && epoch <= c.epoch {
			held++
		}
	}
	if held <= n.c.opt.Masters/2 {
		w.breaks(n, "launched by run %s, which holds the lock on %d of %d masters", c.run, held, n.c.opt.Masters)
	}
}

// masterLaunch: every other master must serve, every range must have all of
// its replicas, and a leader must work.
func (w *oracle) masterLaunch(n *node) {
	if m := n.c.mesos; m.leader == nil || !m.recovered {
		w.breaks(n, "launched while no leading master works")
	}
	for _, m := range n.c.masters() {
		if m != n && !m.masterServes() {
			w.breaks(n, "launched while master %s does not serve", m.name)
		}
		if s := m.cockroach; n.c.now().Before(s.behind) || s.forever {
			w.breaks(n, "launched while ranges of master %s are under-replicated", m.name)
		}
	}
}

// masterServes reports whether the master could be spared for: everything on
// it runs, from the packages that are active, and nothing is about to change.
func (n *node) masterServes() bool {
	return n.power && n.running && !n.patchRunning() && !n.owed() && n.zkServes() && n.exhibitor.state == answers.ExhibitorServing &&
		n.master.up && n.master.version == n.mesosVersion() && n.cockroach.up == n.release().iam() && n.etcd.up == n.release().etcd()
}

// owed reports whether a patch has been activated whose restart is to come.
func (n *node) owed() bool {
	for _, u := range n.units {
		if u.pid > 0 && u.exe != n.exeOf(u.name) {
			return true
		}
	}
	return false
}

// agentLaunch: all masters first, and never more agents than the width.
func (w *oracle) agentLaunch(n *node) {
	for _, m := range n.c.masters() {
		if m.version != n.c.opt.To || !m.masterServes() {
			w.breaks(n, "launched while master %s is at %s or does not serve", m.name, m.version)
		}
	}
	flying := 1
	for _, a := range n.c.agents() {
		if a != n && a.flying() && !slices.Contains(w.left, a.name) {
			flying++
		}
	}
	if width := n.c.opt.Width; width > 0 && flying > width {
		w.breaks(n, "launched as number %d in flight: width is %d", flying, width)
	}
}

// flying reports whether the agent was launched and is not back yet. One
// whose script ended before the swap counts no more.
func (n *node) flying() bool {
	if n.launched == 0 {
		return false
	}
	a := n.agent
	back := n.power && n.running && !n.owed() && a.up && a.record.active && a.record.version == n.mesosVersion()
	return n.patchRunning() || !back
}
