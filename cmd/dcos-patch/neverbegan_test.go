package main

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/node"
)

// oneLeft is a cluster with one agent left to patch.
func oneLeft() simcluster.Options {
	return simcluster.Options{Private: 1, Width: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}
}

// dieLocked kills an apply as soon as a master holds its lock, which is before
// its run has begun. What it might have written until it noticed is not there.
func (l *lab) dieLocked(master string) {
	l.Helper()
	c, over := l.controller(), make(chan struct{})
	go func() {
		defer close(over)
		for !l.locked(master) {
			time.Sleep(time.Millisecond)
		}
		c.kill()
	}()
	e := c.run("apply", "--yes")
	<-over
	if runs, err := l.store().Runs(); err != nil || len(runs) > 0 || !l.locked(master) {
		l.Fatalf("runs %v, %v; it was to die before its run began, and to leave the lock: %s", runs, err, e)
	}
}

func (l *lab) locked(master string) bool {
	_, held := l.c.File(master, node.Dir+"/lock")
	return held
}

func TestALockLeftByARunThatNeverBeganHindersNobodyHere(t *testing.T) {
	t.Parallel()
	for _, master := range []string{"m1", "m3"} { // the first and the last that is locked
		t.Run(master, func(t *testing.T) {
			t.Parallel()
			inBubble(t, oneLeft(), func(l *lab) {
				l.dieLocked(master)
				e := l.colleague().run("apply", "--yes") // who cannot know that it is dead
				l.want(e, exitRefused)
				if !strings.Contains(e.err, "is locked by run") {
					l.Errorf("%s", e)
				}
				l.want(l.run("apply", "--yes"), exitDone)
				l.launched(1, "a1")
				l.unlocked()
			})
		})
	}
}

// A run that stopped before it touched anything gives its lock back, on a master
// that does not answer as well once it does: its own sign of life there is no
// other controller's.
func TestALockLeftByARunThatStoppedAtPreflightHindersNobodyHere(t *testing.T) {
	t.Parallel()
	inBubble(t, oneLeft(), func(l *lab) {
		var struck time.Time
		stopped := l.struckAt("preflight/preflight", []string{"apply", "--yes"}, &struck, simcluster.Fault{What: fault.SSHSilent, Where: "m3", For: 40 * time.Minute})
		if !l.locked("m3") || !strings.Contains(stopped.out+stopped.err, "m3") {
			l.Fatalf("m3 was to keep the lock: %s", stopped)
		}
		if strings.Contains(stopped.out, "not-verified") || strings.Contains(stopped.out, "will NOT run again") {
			l.Errorf("no script has run: %s", stopped)
		}
		l.launched(0, "a1")
		time.Sleep(40 * time.Minute)
		l.want(l.run("apply", "--yes"), exitDone)
		l.launched(1, "a1")
		l.unlocked()
	})
}

// What leads on from a run that died before it recorded anything is apply, here and
// on another machine: there is nothing to go on with.
func TestARunThatNeverBeganLeadsToApply(t *testing.T) {
	t.Parallel()
	inBubble(t, oneLeft(), func(l *lab) {
		l.dieLocked("m3")
		if e := l.run("plan"); strings.Contains(e.err, "is locked by run") || e.code != exitDone {
			l.Errorf("%s", e)
		}
		holder, _ := l.c.File("m3", node.Dir+"/lock")
		run := strings.Fields(string(holder))[1]
		for _, command := range []string{"resume", "abandon"} {
			e := l.run(command, "--run", run)
			if command == "abandon" {
				e = l.run(command, run, "--reason", "it never began")
			}
			l.want(e, exitRefused)
			if !strings.Contains(e.err, "run "+run+" never began") || !strings.Contains(e.err, "apply") || strings.Contains(e.err, "no such file") {
				l.Errorf("%s", e)
			}
		}
		e := l.colleague().run("lock", "break", "--reason", "its machine is dead")
		l.want(e, exitDone)
		if strings.Contains(e.out, "from-cluster") || !strings.Contains(e.out, l.typed("apply")) {
			l.Errorf("%s", e)
		}
		l.unlocked()
		l.want(l.run("apply", "--yes"), exitDone)
	})
}

func TestALockLeftByARunThatNeverBeganIsSwept(t *testing.T) {
	t.Parallel()
	inBubble(t, oneLeft(), func(l *lab) {
		l.dieLocked("m3")
		l.want(l.colleague().run("sweep"), exitRefused)
		l.want(l.run("sweep"), exitDone)
		l.unlocked()
		if _, litter := staying(l.ours()); len(litter) > 0 {
			l.Errorf("left: %v", litter)
		}
	})
}

func TestARunThatHasNotBegunYetKeepsItsLock(t *testing.T) {
	t.Parallel()
	inBubble(t, oneLeft(), func(l *lab) {
		over := make(chan struct{})
		go func() {
			defer close(over)
			for !l.locked("m1") {
				time.Sleep(time.Millisecond)
			}
			if runs, err := l.store().Runs(); err != nil || len(runs) > 0 {
				l.Errorf("runs %v, %v; want none yet", runs, err)
			}
			for _, command := range [][]string{{"apply", "--yes"}, {"sweep"}} {
				if e := l.run(command...); e.code != exitRefused {
					l.Errorf("%v: %s", command, e)
				}
			}
		}()
		l.want(l.run("apply", "--yes"), exitDone)
		<-over
		l.launched(1, "a1")
		for _, launch := range l.c.Launches("") {
			if launch.Epoch != 1 {
				l.Errorf("another has raised the epoch: %+v", launch)
			}
		}
	})
}
