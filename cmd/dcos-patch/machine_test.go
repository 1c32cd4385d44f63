package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/plan"
)

// exchanged is the inventory with two agents' addresses exchanged.
func exchanged(inv string) string {
	const one, other = "127.77.1.4", "127.77.1.5"
	return strings.NewReplacer(one, other, other, one).Replace(inv)
}

// TestAnApprovedPlanIsOfMachinesNotOfNames: what was approved leaves one machine out; with
// the addresses of two nodes exchanged its name would take the other's place.
func TestAnApprovedPlanIsOfMachinesNotOfNames(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 5, Seed: 1}, func(l *lab) {
		l.edit(func(inv string) string { return inv + "exclude: [{node: a5, reason: PSU, until: 2000-02-01}]\n" })
		file := filepath.Join(l.dir, "plan.json")
		l.want(l.run("plan", "--out", file), exitDone)
		p, err := plan.Unmarshal(l.read(file))
		if err != nil {
			l.Fatal(err)
		}
		id := p.ID
		l.edit(exchanged)
		for _, args := range [][]string{{"apply", "--yes", file}, {"apply", "--yes", "--plan-id", id}, {"apply", "--yes", "--plan-id", id, file}} {
			e := l.run(args...)
			l.want(e, exitRefused)
			if args[len(args)-1] == file && (!strings.Contains(e.err, " a4: it is another machine than the plan's")) {
				l.Errorf("%v does not say which machine: %s", args, e)
			}
		}
		l.launched(0, "a1", "a2", "a3", "a4", "a5")
		l.edit(exchanged)
		if e := l.run("plan"); !strings.Contains(e.out, id) {
			l.Errorf("the same machines give another id than %s: %s", id, e)
		}
	})
}

// TestAResumeTouchesNoOtherMachine: ssh settings may change between a stop and a resume,
// and with them the machine that a name leads to.
func TestAResumeTouchesNoOtherMachine(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 5, Seed: 1, Faults: patched("m1", "m2", "m3", "a2", "a3")}
	inBubble(t, opt, func(l *lab) {
		l.edit(func(inv string) string { return inv + "exclude: [{node: a5, reason: PSU, until: 2000-02-01}]\n" })
		l.want(l.interruptAt(" script started", 1).run("apply", "--yes"), exitInterrupted)
		l.edit(exchanged)
		e := l.run("resume")
		if e.code == exitDone || !strings.Contains(e.out+e.err, "another machine") {
			l.Errorf("resumed with two addresses exchanged: %s", e)
		}
		l.launched(1, "a1")
		l.launched(0, "a4", "a5")
	})
}

func TestASavedPlanOfAnotherClusterNameIsRefused(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Seed: 1}, func(l *lab) {
		file := filepath.Join(l.dir, "plan.json")
		l.want(l.run("plan", "--out", file), exitDone)
		l.edit(func(inv string) string { return strings.Replace(inv, "name: sim", "name: other", 1) })
		e := l.run("apply", "--yes", file)
		l.want(e, exitRefused)
		if !strings.Contains(e.err, "the plan is for a cluster of another name") {
			l.Errorf("%s", e)
		}
	})
}
