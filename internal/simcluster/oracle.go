package simcluster

import (
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/safety"
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

func (w *oracle) judge(n *node, broken []string) {
	w.broken = append(w.broken, broken...)
	for _, text := range broken {
		n.c.note(n, "violation", text)
	}
}

// launch judges a start before its effects.
func (w *oracle) launch(p *patch, c claim) {
	n := p.n
	t := w.taking(n, c)
	t.Nodes[0].Begun = slices.ContainsFunc(w.launches, func(l Launch) bool { return l.Node == n.name && l.SHA256 == p.sha && l.Applied })
	if !w.unknown(n.c) {
		w.others(&t, n)
	}
	w.judge(n, t.Launch(n.name))
	if w.byUnit == nil {
		w.byUnit = map[*patch]int{}
	}
	w.byUnit[p] = len(w.launches)
	w.launches = append(w.launches, Launch{Node: n.name, SHA256: p.sha, Attempt: p.attempt, Run: c.run, Epoch: c.epoch, Exit: -1})
}

// finish judges that a cut swap is finished: it may stop what still runs, so that
// of a master every other one must serve.
func (w *oracle) finish(n *node, c claim) {
	t := w.taking(n, c)
	if n.role == dcos.Master && !w.unknown(n.c) {
		for _, m := range n.c.masters() {
			if m != n {
				t.Nodes = append(t.Nodes, safety.Node{Name: m.name, Master: true, Out: !m.masterServes()})
			}
		}
	}
	w.judge(n, t.Finish(n.name))
}

// taking is what is true as a run takes a node, whatever may be unknown of the
// others: it must hold the lock on most of the masters.
func (w *oracle) taking(n *node, c claim) safety.Cluster {
	t := safety.Cluster{Nodes: []safety.Node{{Name: n.name, Master: n.role == dcos.Master}}, Masters: n.c.opt.Masters}
	for _, m := range n.c.masters() {
		if epoch, run, ok := m.holder(); ok && run == c.run && epoch <= c.epoch {
			t.Locks++
		}
	}
	return t
}

// others adds what is true of the other nodes as one is launched: for a master
// those of the quorums, for an agent all masters and the agents in flight.
func (w *oracle) others(t *safety.Cluster, n *node) {
	c := n.c
	if n.role != dcos.Master {
		t.Staged, t.Width = c.opt.Width > 0, c.opt.Width
		for _, m := range c.masters() {
			t.Nodes = append(t.Nodes, safety.Node{Name: m.name, Master: true, Owed: true, Verified: m.version == c.opt.To && m.masterServes()})
		}
		for _, a := range c.agents() {
			if a != n && a.flying() && !slices.Contains(w.left, a.name) {
				t.Nodes = append(t.Nodes, safety.Node{Name: a.name, Flies: true})
			}
		}
		return
	}
	if !c.leads() {
		t.Held = noLeader
	}
	for _, m := range c.masters() {
		s := m.cockroach
		f := safety.Node{Name: m.name, Master: true, Out: !m.masterServes(), Behind: c.now().Before(s.behind) || s.forever}
		if m == n {
			t.Nodes[0].Behind = f.Behind
		} else {
			t.Nodes = append(t.Nodes, f)
		}
	}
}

const noLeader = "no leading master works"

// leads reports whether a leading master works.
func (c *Cluster) leads() bool { return c.mesos.leader != nil && c.mesos.recovered }

func (w *oracle) exit(p *patch, code int) {
	l := &w.launches[w.byUnit[p]]
	l.Exit, l.Applied = code, p.n.version == p.script.to && p.script.to != ""
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
