package main

import (
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/memnet"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/orchestrator"
)

// lab is a simulated cluster in virtual time, and an operator's directory with
// an inventory of it, a key, and the state of runs.
type lab struct {
	*testing.T
	c   *simcluster.Cluster
	dir string
	web memnet.Network // other hosts that the operator's machine can reach

	phrase phraser // what a person says who is asked for a passphrase; nil: nobody
}

// quick shortens what a policy may shorten; the spans of gates stay as they
// are. It is what most tests run with.
const quick = "policy: {settle: 20s, settle_leading: 20s, hold_limit: 10m, timeouts: {ranges: 6m, exhibitor: 6m}}\n"

// inBubble runs a test against a cluster in virtual time. Every test ends with
// the cluster's own word: no safety rule broken, nothing asked of a node that
// the model does not know.
//
// Every fourth test, chosen by its name, is about nodes of systemd 219, unless it says
// itself which; DCOS_PATCH_SYSTEMD=219 makes it all of them.
func inBubble(t *testing.T, opt simcluster.Options, run func(*lab)) {
	t.Helper()
	if name := fnv.New32a(); opt.Systemd == 0 {
		_, _ = name.Write([]byte(t.Name()))
		if name.Sum32()%4 == 0 || os.Getenv("DCOS_PATCH_SYSTEMD") == "219" {
			opt.Systemd = simcluster.Systemd219
		}
	}
	synctest.Test(t, func(t *testing.T) {
		opt.TimeScale, opt.Port = 1, 22
		c, err := simcluster.New(opt)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		l := &lab{T: t, c: c, dir: t.TempDir()}
		if err := c.WriteFiles(l.dir); err != nil {
			t.Fatal(err)
		}
		l.shorten(quick)
		run(l)
		for _, v := range c.Violations() {
			t.Errorf("safety rule broken: %s", v)
		}
		for _, d := range c.Drift() {
			t.Errorf("the model does not know: %s", d)
		}
	})
}

func (l *lab) inventory() string { return filepath.Join(l.dir, "inventory.yaml") }

// typed is a command as it is printed for a person to type.
func (l *lab) typed(command string) string { return "dcos-patch -i " + l.inventory() + " " + command }

// edit changes the inventory.
func (l *lab) edit(change func(string) string) {
	l.Helper()
	l.rewrite(l.inventory(), func(b []byte) []byte { return []byte(change(string(b))) })
}

// shorten gives the inventory a policy, and no canaries.
func (l *lab) shorten(policy string) {
	l.Helper()
	l.edit(func(inv string) string {
		return strings.ReplaceAll(inv, "policy: {width: ", "policy: {canary: none, width: ") + policy
	})
}

func (l *lab) rewrite(file string, change func([]byte) []byte) {
	l.Helper()
	b, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, change(b), 0o600)
	}
	if err != nil {
		l.Fatal(err)
	}
}

// store is where the lab's runs are kept.
func (l *lab) store() journal.Store { return l.storeIn("state") }

// storeIn is the store in one of the lab's state directories.
func (l *lab) storeIn(state string) journal.Store {
	l.Helper()
	s, err := journal.OpenStore(filepath.Join(l.dir, state), journal.Cluster{Name: "sim", ID: l.c.ID()})
	if err != nil {
		l.Fatal(err)
	}
	return s
}

// state is what the newest run's journal says.
func (l *lab) state() orchestrator.State {
	l.Helper()
	_, s, err := controller.Runs{Store: l.store()}.Latest()
	if err != nil {
		l.Fatal(err)
	}
	return s
}

// want fails the test unless the command ended with this code.
func (l *lab) want(e ended, code int) {
	l.Helper()
	if e.code != code {
		l.Fatalf("exit %d after %s, want %d\n%s\n%s", e.code, e.took, code, e.out, e.err)
	}
}

// launched wants so many starts of the script on each of the nodes.
func (l *lab) launched(times int, nodes ...string) {
	l.Helper()
	for _, n := range nodes {
		if got := l.c.Launches(n); len(got) != times {
			l.Errorf("%s: %d scripts were started, want %d: %+v", n, len(got), times, got)
		}
	}
}

// events are those of the newest run's journal.
func (l *lab) events() []journal.Event {
	l.Helper()
	return l.eventsOf(l.journal())
}

func (l *lab) eventsOf(path string) (events []journal.Event) {
	l.Helper()
	if err := journal.ReadEach(path, func(e journal.Event) { events = append(events, e) }); err != nil {
		l.Fatal(err)
	}
	return events
}

// journal is the newest run's journal file.
func (l *lab) journal() string {
	l.Helper()
	runs, err := l.store().Runs()
	if err != nil || len(runs) == 0 {
		l.Fatalf("%d runs, %v", len(runs), err)
	}
	return l.store().Path(runs[len(runs)-1], journal.JournalFile)
}

// happened names the nodes to which something has happened, in order.
func (l *lab) happened(what string) []string {
	var nodes []string
	for _, h := range l.c.History() {
		if h.What == what {
			nodes = append(nodes, h.Node)
		}
	}
	return nodes
}

// when is the first time that something happened to a node.
func (l *lab) when(node, what string) time.Time {
	l.Helper()
	for _, h := range l.c.History() {
		if h.Node == node && h.What == what {
			return h.At
		}
	}
	l.Fatalf("%s: no %q has happened", node, what)
	return time.Time{}
}

// done wants the newest run to have ended well, with so many nodes verified or
// at the target before.
func (l *lab) done(nodes int) {
	l.Helper()
	s := l.state()
	masters, agents := s.Tallies()
	if got := masters.Verified + masters.AtTarget + agents.Verified + agents.AtTarget; s.Ended != journal.RunDone || len(s.Skipped()) > 0 || got != nodes {
		l.Errorf("ended %q, %d of %d nodes verified, %v left", s.Ended, got, nodes, s.Skipped())
	}
}

// unlocked wants nobody to hold the lock on any master.
func (l *lab) unlocked() {
	l.Helper()
	for _, m := range l.c.Names(dcos.Master) {
		if slices.Contains(l.c.Files(m, node.Dir), node.Dir+"/lock") {
			l.Errorf("%s is still locked", m)
		}
	}
}

// ours lists every file of ours on any node.
func (l *lab) ours() []string {
	var all []string
	for _, role := range []dcos.Role{dcos.Master, dcos.PrivateAgent, dcos.PublicAgent} {
		for _, n := range l.c.Names(role) {
			for _, f := range l.c.Files(n, node.Dir) {
				all = append(all, n+":"+f)
			}
		}
	}
	return all
}

func (l *lab) read(file string) []byte {
	l.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		l.Fatal(err)
	}
	return b
}
