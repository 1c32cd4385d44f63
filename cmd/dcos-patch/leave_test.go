package main

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// TestWhetherItIsSafeToLeaveIsAskedOfTheMasters: an agent's failure stops the
// run while, since the last admission, the masters have lost their ZooKeeper.
func TestWhetherItIsSafeToLeaveIsAskedOfTheMasters(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, says string
		also       fault.Kind
	}{
		{"the masters are well", "SAFE TO LEAVE: yes. masters 3/3 serve", ""},
		{"they have no ZooKeeper", "SAFE TO LEAVE: no. the cluster is not whole: leader", fault.ZooKeeperGone},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			opt := crashing()
			opt.Faults = append(opt.Faults, simcluster.Fault{What: fault.UnitRedAfter, Where: "a1"})
			inBubble(t, opt, func(l *lab) {
				l.edit(func(inv string) string { return strings.Replace(inv, quick, hasty, 1) })
				c := l.controller()
				c.wrote = once(func() bool { return x.also != "" && l.started("general/a1/serve") }, func() {
					if err := l.c.Strike(simcluster.Fault{What: x.also, After: 20 * time.Second}); err != nil {
						l.Error(err)
					}
				})
				e := c.run("apply", "--yes")
				l.want(e, exitStopped)
				if !strings.Contains(e.out, x.says) {
					l.Errorf("want %q: %s", x.says, e)
				}
				if status := l.run("status"); !strings.Contains(status.out, x.says) {
					l.Errorf("status: want %q: %s", x.says, status)
				}
				time.Sleep(time.Hour)
				status := l.run("status")
				if strings.Contains(status.out, "SAFE TO LEAVE: yes") {
					l.Errorf("after an hour in which nobody has looked: %s", status)
				}
				if x.also != "" {
					return
				}
				if !strings.Contains(status.out, l.typed("preflight")+" looks again") {
					l.Errorf("nothing says how to look: %s", status)
				}
				if look := l.run("preflight"); !strings.Contains(look.out, "PREFLIGHT ") {
					l.Errorf("the command that status printed does not look: %s", look)
				}
			})
		})
	}
}

// TestANodeWhoseScriptChangedNothingIsCheckedAsItIs: no restart can be awaited
// of it, and its next command must lead on.
func TestANodeWhoseScriptChangedNothingIsCheckedAsItIs(t *testing.T) {
	t.Parallel()
	opt := crashing()
	opt.Faults = append(opt.Faults, simcluster.Fault{What: fault.ScriptFailsBeforeSwap, Where: "a1", Nth: 1})
	inBubble(t, opt, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		if !strings.Contains(e.out, l.typed("check a1 --wait")) {
			l.Errorf("%s", e)
		}
		l.want(l.run("check", "a1", "--wait"), exitDone)
		l.want(l.run("resume"), exitDone)
		l.launched(2, "a1")
		l.done(4)
	})
}

// TestANodeThatRebootedBeforeItsSwapIsPatchedAgain: it has lost the attempt,
// and that this changed nothing is proved.
func TestANodeThatRebootedBeforeItsSwapIsPatchedAgain(t *testing.T) {
	t.Parallel()
	opt := crashing()
	opt.Faults = append(opt.Faults, simcluster.Fault{What: fault.RebootMidScript, Where: "a1", Nth: 1})
	inBubble(t, opt, func(l *lab) {
		l.want(l.run("apply", "--yes"), exitStopped)
		l.want(l.run("check", "a1", "--wait"), exitDone)
		l.want(l.run("resume"), exitDone)
		l.launched(2, "a1")
		l.done(4)
	})
}

func TestStatusSaysWhatComesAfterADeadController(t *testing.T) {
	t.Parallel()
	inBubble(t, crashing(), func(l *lab) {
		l.die(30, "apply", "--yes")
		e := l.run("status")
		l.want(e, exitDone)
		if !strings.Contains(e.out, "SAFE TO LEAVE: ") || strings.Contains(e.out, "SAFE TO LEAVE: yes") || !strings.Contains(e.out, "its controller is gone") || !strings.Contains(e.out, "next    "+l.typed("resume --run ")) {
			l.Errorf("%s", e)
		}
		l.want(l.run("resume"), exitDone)
		if e = l.run("status"); strings.Contains(e.out, "gone") {
			l.Errorf("%s", e)
		}
	})
}

func TestADiskThatIsFullDoesNotHideWhetherItIsSafeToLeave(t *testing.T) {
	t.Parallel()
	inBubble(t, crashing(), func(l *lab) {
		c := l.controller()
		c.wrote = once(func() bool { return l.started("masters/m2/serve") }, l.fillDisk)
		e := c.run("apply", "--yes")
		l.want(e, exitInDoubt)
		if !strings.Contains(e.out, "SAFE TO LEAVE: no. master m2") || !strings.Contains(e.err, "make room on this machine's disk, then "+l.typed("resume")) {
			l.Errorf("%s", e)
		}
		l.want(l.run("resume"), exitDone)
	})
}
