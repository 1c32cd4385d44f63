package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
)

// An agent's machine dies in the middle of its patch, on a night on which
// nobody can repair it.
func TestAnAgentThatIsGoneForGoodIsLeftBehind(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 3, Width: 1, Seed: 1, Faults: append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.NodeNeverReturns, Where: "a1"})}
	inBubble(t, opt, func(l *lab) {
		l.edit(func(inv string) string { return strings.Replace(inv, quick, hasty, 1) })
		stop := l.run("apply", "--yes")
		if stop.code == exitDone || !strings.Contains(stop.out, "to leave a1 behind: "+l.typed("park a1 --reason WHY")) {
			t.Fatalf("want a stop that says how to leave a1 behind: %s", stop)
		}
		l.want(l.run("park", "a1", "--reason", "PSU, INC-4411"), exitDone)
		l.c.LeftBehind("a1")
		if again := l.run("park", "a1", "--reason", "PSU"); again.code != exitRefused || !strings.Contains(again.err, "it was left behind already: PSU, INC-4411") {
			t.Errorf("parked twice: %s", again)
		}
		end := l.run("resume")
		l.want(end, exitParked)
		if !strings.Contains(end.out, "left   a1 stays behind: PSU, INC-4411") || strings.Contains(end.out, "retry  a1") ||
			!strings.Contains(end.out, "a1 was left behind: PSU, INC-4411") {
			t.Errorf("the reason is not shown: %s", end)
		}
		if e := l.run("status"); !strings.Contains(e.out, "left    a1 was left behind: PSU, INC-4411") {
			t.Errorf("status does not say who was left: %s", e)
		}
		l.launched(1, "a1", "a2", "a3")
		if left := l.state().Skipped(); !slices.Equal(left, []inventory.NodeName{"a1"}) {
			t.Errorf("left %v, want a1", left)
		}

		l.c.Mend() // the next day
		time.Sleep(repairTakes)
		if e := l.run("plan"); !strings.Contains(e.err, "left it behind, patched and not verified: PSU, INC-4411; "+l.typed("check a1")) {
			t.Errorf("the next plan says nothing of a1: %s", e)
		}
		l.want(l.run("apply", "--yes"), exitDone)
		if left := l.c.Unpatched(); len(left) > 0 {
			t.Errorf("%v are not patched", left)
		}
	})
}

// The last master is verified again at every resume: nobody can demand of it
// that an agent be back which is down because of us.
func TestAnAgentThatIsDownKeepsNoMasterFromBeingVerified(t *testing.T) {
	t.Parallel()
	for _, leave := range []bool{true, false} {
		opt := simcluster.Options{Private: 2, Width: 1, Seed: 1, Faults: append(patched("m1", "m3"), simcluster.Fault{What: fault.AgentNeverRegisters, Where: "a1"})}
		inBubble(t, opt, func(l *lab) {
			l.edit(func(inv string) string { return strings.Replace(inv, quick, hasty, 1) })
			l.want(l.run("apply", "--yes"), exitStopped)
			if e := l.run("check", "m2"); e.code != exitDone {
				t.Errorf("m2 is not well, because of a1: %s", e)
			}
			code, node := exitStopped, inventory.NodeName("a1")
			if leave {
				l.want(l.run("park", "a1", "--reason", "PSU"), exitDone)
				l.c.LeftBehind("a1")
				code, node = exitParked, ""
			}
			e := l.run("resume")
			var at inventory.NodeName
			if s := l.state(); s.Stop != nil && s.Ended != journal.RunDone {
				at = s.Stop.Node
			}
			if e.code != code || at != node {
				t.Errorf("left behind %t: exit %d at %q, want %d at %q: %s", leave, e.code, at, code, node, e)
			}
		})
	}
}

func TestWhoMayNotBeLeftBehindIsToldWhy(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 2, Width: 1, Seed: 1, Faults: simcluster.Faults{{What: fault.ExhibitorLatent, Where: "m1"}}}
	inBubble(t, opt, func(l *lab) {
		l.edit(func(inv string) string { return strings.Replace(inv, quick, hasty, 1) })
		if e := l.run("park", "a1", "--reason", "PSU"); e.code != exitRefused || !strings.Contains(e.err, "exclude the node in the inventory") {
			t.Errorf("parked before there is a run: %s", e)
		}
		stop := l.run("apply", "--yes")
		l.want(stop, exitStopped)
		if strings.Contains(stop.out, "park") {
			t.Errorf("offers to leave a master behind: %s", stop)
		}
		for _, c := range []struct {
			args []string
			code int
			says string
		}{
			{[]string{"park", "m1", "--reason", "PSU"}, exitRefused, "it is a master"},
			{[]string{"park", "a9", "--reason", "PSU"}, exitRefused, "not a node of the plan"},
			{[]string{"park", "a1"}, exitInvalid, "--reason"},
			{[]string{"park", "a1", "--reason", " "}, exitInvalid, "--reason"},
			{[]string{"park", "a1", "--reason", "PSU", "--run", "0101-0000-aaaa"}, exitInvalid, "there is no run 0101-0000-aaaa"},
		} {
			if e := l.run(c.args...); e.code != c.code || !strings.Contains(e.err, c.says) {
				t.Errorf("%v: want exit %d and %q: %s", c.args, c.code, c.says, e)
			}
		}
		l.want(l.run("park", "a2", "--reason", "its rack moves tonight"), exitDone) // long before its turn
		l.c.Mend()
		l.want(l.run("resume"), exitParked)
		l.launched(1, "m1", "m2", "m3", "a1")
		l.launched(0, "a2")
	})
}
