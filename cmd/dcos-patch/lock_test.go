package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/node"
)

func TestALockIsNotBrokenWhilePatchesRunOrMayRun(t *testing.T) {
	t.Parallel()
	gone := func(node string) simcluster.Fault {
		return simcluster.Fault{What: fault.SSHDown, Where: node, When: simcluster.WhenLaunch}
	}
	hangs := oneLeft()
	hangs.Faults = append(hangs.Faults, simcluster.Fault{What: fault.ScriptHangs, Where: "a1"})
	for _, row := range []struct {
		name string
		opt  simcluster.Options
		die  string // what the first controller says as it dies
		more string // of the inventory
		says string // by the refusal; empty: it is broken
	}{
		{"a patch is running", hangs, "a1 script started", "", "a1: a patch is running"},
		{"it is not known, since a node has gone", away(gone("a1")), "a2 verified", "", "a1: it is not known whether a patch runs here"},
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
				if err := l.c.Strike(simcluster.Fault{What: fault.SSHDown, Where: node}); err != nil {
					t.Fatal(err)
				}
				e := l.colleague().run("lock", "break", "--reason", "it is gone")
				l.want(e, exitRefused)
				line := regexp.MustCompile(`bring it within reach; or, if you know that nothing runs there: the same command with --accept a1=REASON; or, if it is dead, add to (\S+): (exclude: .*)\n`).FindStringSubmatch(e.err)
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

// A damaged file of a master is no question of the way there: what to do about it is said.
func TestALockThatCannotBeReadIsToBeRepaired(t *testing.T) {
	t.Parallel()
	inBubble(t, oneLeft(), func(l *lab) {
		l.dieLocked("m3")
		l.c.SetFile("m3", "/var/lib/dcos-patch/lock", []byte("7 $(reboot) root@x\n"))
		for _, verb := range [][]string{{"lock", "break", "--reason", "it is gone"}, {"preflight"}} {
			e := l.colleague().run(verb...)
			l.want(e, exitRefused)
			if said := e.out + e.err; !strings.Contains(said, "repair what says so on it; lock, epoch,") || strings.Contains(said, "within reach") || !strings.Contains(said, `"lock 7 $(reboot) root@x\n"`) {
				l.Errorf("%v: %s", verb, e)
			}
		}
	})
}

// A lock that outlives the epoch file, as after a repair by hand, is broken like any other.
func TestALockAboveTheStoredEpochCanBeBroken(t *testing.T) {
	t.Parallel()
	inBubble(t, oneLeft(), func(l *lab) {
		l.c.SetFile("m2", "/var/lib/dcos-patch/lock", []byte("7 1129-0000-aaaa root@vm pid 1\n"))
		e := l.run("lock", "break", "--reason", "left by hand")
		l.want(e, exitDone)
		if !strings.Contains(e.out, "lock of run 1129-0000-aaaa broken, epoch 8: ") {
			l.Errorf("%s", e)
		}
	})
}

// TestOneAgentCannotKeepALock: what an agent says counts until an operator says that
// he knows better, agent by agent. A lock or a heartbeat on an agent is nothing.
func TestOneAgentCannotKeepALock(t *testing.T) {
	t.Parallel()
	hangs := oneLeft()
	hangs.Faults = append(hangs.Faults, simcluster.Fault{What: fault.ScriptHangs, Where: "a1"})
	for _, row := range []struct {
		name string
		opt  simcluster.Options
		die  string
		lie  func(*lab)
		says string
	}{
		{"it says that a patch runs", hangs, "a1 script started", func(*lab) {}, "a1: a patch is running"},
		{"it is gone", oneLeft(), "a1 admitted", func(l *lab) {
			if err := l.c.Strike(simcluster.Fault{What: fault.SSHDown, Where: "a1"}); err != nil {
				l.Fatal(err)
			}
		}, "a1: it is not known whether a patch runs here"},
		{"it says that it has seen a higher epoch", oneLeft(), "a1 admitted", func(l *lab) { l.c.SetFile("a1", node.Dir+"/epoch", []byte("999999998\n")) }, "a1: it is not known"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, row.opt, func(l *lab) {
				l.dieAt(row.die, 1, "apply", "--yes")
				row.lie(l)
				e := l.colleague().run("lock", "break", "--reason", "it is gone")
				l.want(e, exitRefused)
				if !strings.Contains(e.err, row.says) || !strings.Contains(e.err, "--accept a1=REASON") {
					l.Errorf("%s", e)
				}
				if !l.locked("m1") {
					l.Error("m1 has lost its lock")
				}
				for _, bad := range []string{"a1", "a1= ", "m1=dead", "a9=dead"} {
					l.want(l.colleague().run("lock", "break", "--reason", "it is gone", "--accept", bad), exitInvalid)
				}
				e = l.colleague().run("lock", "break", "--reason", "it is gone", "--accept", "a1=its power is off")
				l.want(e, exitDone)
				if !strings.Contains(e.out, "a1 accepted: its power is off (") {
					l.Errorf("%s", e)
				}
				l.unlocked()
				for _, m := range l.c.Names(dcos.Master) {
					if text, _ := l.c.File(m, node.Dir+"/epoch"); len(strings.Fields(string(text))[0]) > 1 {
						l.Errorf("%s: an agent chose the epoch %s", m, text)
					}
				}
			})
		})
	}
}

// TestAControllerThatWakesBeforeItIsRefused: it starts a patch after the last look,
// and before the epoch is raised.
func TestAControllerThatWakesBeforeItIsRefused(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		l.edit(func(inv string) string { return strings.Replace(inv, "ssh: {", "ssh: {keepalive: 30m, ", 1) }) // its connections outlive its sleep
		old, lid := l.controller(), &ice{}
		asleep, over := make(chan struct{}), make(chan int, 1)
		old.wrote = func(line string) {
			if strings.Contains(line, "a3 admitted") && lid.suspend() {
				close(asleep)
				lid.wait()
			}
		}
		go func() { over <- old.runOnIce(lid, "apply", "--yes") }()
		<-asleep
		time.Sleep(2 * time.Minute) // what it started before has ended
		before := len(l.c.Launches(""))
		breaker := l.colleague()
		breaker.wrote = func(line string) {
			if strings.Contains(line, "raising the epoch") {
				lid.thaw()
				for range 6000 {
					if len(l.c.Launches("")) > before {
						break
					}
					time.Sleep(100 * time.Millisecond)
				}
			}
		}
		e := breaker.run("lock", "break", "--reason", "its lid is closed")
		if len(l.c.Launches("")) == before {
			l.Fatalf("it started nothing: this tests nothing: %s\n%s", e, old.out.String())
		}
		l.want(e, exitRefused)
		if !strings.Contains(e.err, "a patch is running") || !strings.Contains(e.err, "the locks stay") {
			l.Errorf("%s", e)
		}
		for _, m := range l.c.Names(dcos.Master) {
			if !l.locked(m) {
				l.Errorf("%s has lost its lock while a patch ran", m)
			}
		}
		if code := <-over; code != exitStopped || !strings.Contains(old.out.String(), "TAKEN OVER") || !strings.Contains(old.errs.String(), " this controller was suspended for ") {
			l.Errorf("the old controller: exit %d\n%s\n%s", code, old.out.String(), old.errs.String())
		}
		l.breakLock()
		l.want(l.colleague().run("resume", "--from-cluster"), exitDone)
		l.launched(1, "a1", "a2", "a3", "a4")
		l.unlocked()
	})
}

// TestAResumeThatComesBeforeTheEpochIsRaisedKeepsItsLock: it took the very epoch that
// lock break was about to take, and a patch may begin at any moment.
func TestAResumeThatComesBeforeTheEpochIsRaisedKeepsItsLock(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		l.dieAt("verified", 1, "apply", "--yes")
		again, begun, over := l.controller(), make(chan struct{}), make(chan ended, 1)
		again.wrote = once(func() bool { return l.c.Launches("a1") != nil && strings.Contains(again.out.String(), "resumed") }, func() { close(begun) })
		breaker := l.colleague()
		breaker.wrote = func(line string) {
			if strings.Contains(line, "raising the epoch") {
				go func() { over <- again.run("resume") }()
				<-begun
			}
		}
		e := breaker.run("lock", "break", "--reason", "it is gone")
		l.want(e, exitRefused)
		if !strings.Contains(e.err, "has taken the lock again") && !strings.Contains(e.err, "a patch is running") {
			l.Errorf("%s", e)
		}
		l.want(<-over, exitDone)
		l.launched(1, "a1", "a2", "a3", "a4")
		l.unlocked()
	})
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
