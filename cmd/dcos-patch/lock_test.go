package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

func TestALockIsNotBrokenWhilePatchesRunOrMayRun(t *testing.T) {
	t.Parallel()
	gone := func(node string) simcluster.Fault {
		return simcluster.Fault{What: simcluster.SSHDown, Where: node, When: simcluster.WhenLaunch}
	}
	hangs := oneLeft()
	hangs.Faults = append(hangs.Faults, simcluster.Fault{What: simcluster.ScriptHangs, Where: "a1"})
	for _, row := range []struct {
		name string
		opt  simcluster.Options
		die  string // what the first controller says as it dies
		more string // of the inventory
		says string // by the refusal; empty: it is broken
	}{
		{"a patch is running", hangs, "a1 script started", "", "a1: a patch is running"},
		{"nobody knows, since a node has gone", away(gone("a1")), "a2 verified", "", "a1: nobody knows whether a patch runs here"},
		{"the node that has gone is excluded", away(gone("a1")), "a2 verified", "exclude: [{node: a1, reason: \"PSU\"}]\n", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, row.opt, func(l *lab) {
				l.dieAt(row.die, 1, "apply", "--yes")
				l.edit(func(inv string) string { return inv + row.more })
				e := l.colleague().run("lock", "break", "--reason", "it is gone")
				if row.says == "" {
					l.want(e, exitDone)
					return
				}
				l.want(e, exitRefused)
				if !strings.Contains(e.err, row.says) || !strings.HasSuffix(e.err, "\n  next  when that is done: "+l.typed("lock break --reason 'it is gone'")+"\n") {
					l.Errorf("%s", e)
				}
				for _, m := range []string{"m1", "m2", "m3"} {
					if !l.locked(m) {
						l.Errorf("%s has lost its lock", m)
					}
				}
			})
		})
	}
}

// TestADeadAgentDoesNotMakeALockUnbreakable: the line that is printed, pasted
// into the inventory, is enough. A master cannot be passed over so.
func TestADeadAgentDoesNotMakeALockUnbreakable(t *testing.T) {
	t.Parallel()
	for _, node := range []string{"a1", "m3"} {
		t.Run(node, func(t *testing.T) {
			t.Parallel()
			inBubble(t, oneLeft(), func(l *lab) {
				l.dieLocked("m3")
				if err := l.c.Strike(simcluster.Fault{What: simcluster.SSHDown, Where: node}); err != nil {
					t.Fatal(err)
				}
				e := l.colleague().run("lock", "break", "--reason", "it is gone")
				l.want(e, exitRefused)
				line := regexp.MustCompile(`bring it within reach; or, if it is dead, add to (\S+): (exclude: .*)\n`).FindStringSubmatch(e.err)
				if node == "m3" {
					if line != nil || !strings.Contains(e.err, "bring it within reach\n") {
						l.Errorf("nobody else can answer for a master: %s", e)
					}
					return
				}
				if line == nil || line[1] != l.inventory() {
					t.Fatalf("no line to paste, or not where: %s", e)
				}
				l.edit(func(inv string) string { return inv + line[2] + "\n" })
				l.want(l.colleague().run("lock", "break", "--reason", "it is gone"), exitDone)
			})
		})
	}
}

// away is a cluster of which two agents are left to patch, at the same time.
func away(f simcluster.Fault) simcluster.Options {
	return simcluster.Options{Private: 2, Width: 2, Seed: 1, Faults: append(patched("m1", "m2", "m3"), f)}
}

func TestOneMachineHasOneControllerOfARun(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		var second []ended
		first := l.controller()
		first.wrote = func(line string) {
			if strings.Contains(line, "a1 settle started") && second == nil {
				second = []ended{l.run("resume"), l.run("apply", "--yes"), l.run("resume", "--from-cluster")}
			}
		}
		l.want(first.run("apply", "--yes"), exitDone)
		if len(second) == 0 {
			l.Fatal("nobody tried")
		}
		for i, e := range second {
			if e.code != exitRefused {
				l.Errorf("%d: %s", i, e)
			}
		}
		if !strings.Contains(second[0].err, "is under way on this machine") {
			l.Errorf("%s", second[0])
		}
		l.done(7)
		l.launched(1, "a1", "a2", "a3", "a4")
		for _, launch := range l.c.Launches("") {
			if launch.Epoch != 1 {
				l.Errorf("another has raised the epoch: %+v", launch)
			}
		}
	})
}
