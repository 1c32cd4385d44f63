package simcluster

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// run1 is a small driver that does it right, or wrong where a test wants it.
type run1 struct {
	t *testing.T
	c *Cluster
}

func begin(t *testing.T, c *Cluster, lock bool) run1 {
	t.Helper()
	for _, n := range c.nodes {
		if _, err := c.sshNode(n.sshAddr()); err != nil {
			continue
		}
		l := must(t, c, n.name)
		l.prepare()
		if lock && strings.HasPrefix(n.name, "m") {
			l.change("lock 1 run1 me")
		}
		l.ssh.Close()
	}
	return run1{t, c}
}

// launch starts the patch on a node, and must succeed.
func (r run1) launch(node string) {
	r.t.Helper()
	l := must(r.t, r.c, node)
	defer l.ssh.Close()
	if _, errs, code := l.launch(); code != 0 {
		r.t.Fatalf("%s: launch: exit %d: %s", node, code, errs)
	}
}

// back waits until the node serves again, by the model's own knowledge.
func (r run1) back(nodes ...string) {
	r.t.Helper()
	for range 600 {
		time.Sleep(r.c.scaled(time.Second))
		if !slices.ContainsFunc(nodes, func(name string) bool { return !r.serves(name) }) {
			return
		}
	}
	r.t.Fatalf("%q not back after ten minutes", nodes)
}

func (r run1) serves(name string) bool {
	defer r.c.enter()()
	n := r.c.byName[name]
	if n.version != r.c.opt.To {
		return false
	}
	if strings.HasPrefix(name, "m") {
		return n.masterServes() && !r.c.now().Before(n.cockroach.behind) && r.c.mesos.recovered
	}
	return !n.flying()
}

func (r run1) wantViolation(part string) {
	r.t.Helper()
	v := r.c.Violations()
	if part == "" && len(v) > 0 || part != "" && !strings.Contains(strings.Join(v, "\n"), part) {
		r.t.Errorf("violations %q, want %q", v, part)
	}
}

func TestARunThatDoesItRightBreaksNothing(t *testing.T) {
	for _, seed := range []uint64{0, 1, 2, 3} {
		bubble(t, Options{Private: 4, Public: 1, Width: 2, Seed: seed}, func(t *testing.T, c *Cluster) {
			r := begin(t, c, true)
			for _, m := range []string{"m1", "m2", "m3"} {
				r.launch(m)
				r.back(m)
			}
			r.launch("a1")
			r.launch("a2")
			r.back("a1", "a2")
			r.launch("a3")
			r.launch("a4")
			r.back("a3", "a4")
			r.launch("p1")
			r.back("p1")
			r.wantViolation("")
			if got := c.Launches(""); len(got) != 8 || slices.ContainsFunc(got, func(l Launch) bool { return !l.Applied || l.Exit != 0 }) {
				t.Errorf("launches: %+v", got)
			}
		})
	}
}

func TestTheOracleSeesWhatMustNeverHappen(t *testing.T) {
	allMasters := func(r run1) {
		for _, m := range []string{"m1", "m2", "m3"} {
			r.launch(m)
			r.back(m)
		}
	}
	for _, test := range []struct {
		name, want string
		lock       bool
		do         func(r run1)
	}{
		{"a launch with a minority's lock", "holds the lock on 1 of 3", false, func(r run1) {
			l := must(r.t, r.c, "m1")
			l.change("lock 1 run1 me")
			l.ssh.Close()
			r.launch("m1")
		}},
		{"a second master while the first is away", "while master m1 does not serve", true, func(r run1) {
			r.launch("m1")
			time.Sleep(time.Minute)
			r.launch("m2")
		}},
		{"a second master while the old daemons of the first still answer", "while master m1 does not serve", true, func(r run1) {
			r.launch("m1")
			for !r.ended("m1") {
				time.Sleep(time.Second)
			}
			r.launch("m2")
		}},
		{"a second master while ranges are under-replicated", "m2 is taken while ranges of master m1 are under-replicated", true, func(r run1) {
			r.launch("m1")
			until(r.t, r.c, "m1", func() bool { return r.c.byName["m1"].version == "2.1.1" && r.c.byName["m1"].masterServes() })
			r.launch("m2")
		}},
		{"a master while nobody leads", "is taken although no leading master works", true, func(r run1) {
			leave := r.c.enter()
			lead := r.c.mesos.leader
			lead.stopMaster()
			leave()
			r.launch(lead.name)
		}},
		{"an agent before all masters are new", "agents are taken before master m2 is done", true, func(r run1) {
			r.launch("m1")
			r.back("m1")
			r.launch("a1")
		}},
		{"more agents than the width", "3 nodes in flight, width 2", true, func(r run1) {
			allMasters(r)
			r.launch("a1")
			r.launch("a2")
			r.launch("a3")
		}},
		{"an agent while a new master does not serve", "agents are taken before master m2 is done", true, func(r run1) {
			allMasters(r)
			r.behind(func(at func(string) *node) { at("m2").stopMaster() })
			r.launch("a1")
		}},
		{"a script launched on a node that it was applied to", "the script is begun again on a1", true, func(r run1) {
			allMasters(r)
			r.launch("a1")
			r.back("a1")
			r.behind(func(at func(string) *node) { at("a1").tree.remove(programDir + "/receipts") })
			l := must(r.t, r.c, "a1")
			defer l.ssh.Close()
			if _, errs, code := l.launchFrom(2, string(r.c.opt.To)); code != 0 {
				r.t.Fatalf("launch: exit %d: %s", code, errs)
			}
		}},
		{"a master's swap finished while another is away", "m1 is taken while master m2 does not serve", true, func(r run1) {
			r.behind(func(at func(string) *node) {
				at("m2").stopMaster()
				r.c.watch.finish(at("m1"), claim{run: "run1", epoch: 1})
			})
		}},
		{"a master's swap finished while all others serve", "", true, func(r run1) {
			r.behind(func(at func(string) *node) {
				at("m1").stopMaster()
				r.c.watch.finish(at("m1"), claim{run: "run1", epoch: 1})
			})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, Options{Private: 3, Width: 2}, func(t *testing.T, c *Cluster) {
				r := begin(t, c, test.lock)
				test.do(r)
				r.wantViolation(test.want)
			})
		})
	}
}

func TestWhoLooksFromOutsideSeesTheRisks(t *testing.T) {
	for _, test := range []struct {
		name, want string
		do         func(at func(string) *node)
	}{
		{"nothing", "", func(func(string) *node) {}},
		{"an agent that is off", "", func(at func(string) *node) { at("a1").powerOff() }},
		{"a swap that is cut", "a1 is in the middle of a swap", func(at func(string) *node) { at("a1").tree.write(dcos.InstallProgress, []byte("[]"), 0o644) }},
		{"a swap that is cut on a machine that is off", "", func(at func(string) *node) {
			at("a1").tree.write(dcos.InstallProgress, []byte("[]"), 0o644)
			at("a1").powerOff()
		}},
		{"a script that runs", "the script is running on a1", func(at func(string) *node) { at("a1").patches = []*patch{{n: at("a1"), running: true}} }},
		{"a master that does not serve", "master m2 does not serve", func(at func(string) *node) { at("m2").etcd.up = false }},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, Options{Private: 1}, func(t *testing.T, c *Cluster) {
				run1{t, c}.behind(test.do)
				if got := strings.Join(c.AtRisk(), "; "); got != test.want {
					t.Errorf("at risk: %q, want %q", got, test.want)
				}
			})
		})
	}
}

// behind changes nodes behind everybody's back.
func (r run1) behind(change func(at func(string) *node)) {
	defer r.c.enter()()
	change(func(name string) *node { return r.c.byName[name] })
}

func (r run1) ended(name string) bool {
	for _, l := range r.c.Launches(name) {
		if l.Exit >= 0 {
			return true
		}
	}
	return false
}

func TestTheSameSeedGivesTheSameHistory(t *testing.T) {
	history := func() (out []string) {
		bubble(t, Options{Private: 2, Seed: 7}, func(t *testing.T, c *Cluster) {
			r := begin(t, c, true)
			r.launch("m1")
			r.back("m1")
			for _, e := range c.History() {
				out = append(out, e.At.Sub(c.start).String()+" "+e.Node+" "+e.What+" "+e.Text)
			}
		})
		return out
	}
	if a, b := history(), history(); !slices.Equal(a, b) || len(a) < 8 {
		t.Errorf("got\n%s\nthen\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
}
