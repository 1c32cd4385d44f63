package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// cutOptions are a cluster in which the swap of a node is cut at a position.
func cutOptions(node string, at int) simcluster.Options {
	opt := simcluster.Options{Seed: 1, Width: 1, Faults: simcluster.Faults{{What: fault.ScriptFailsMidSwap, Where: node, At: at}}}
	if strings.HasPrefix(node, "a") {
		opt.Private = 2
		opt.Faults = append(opt.Faults, patched("m1", "m2", "m3")...)
	}
	return opt
}

// remedied are the starts of remedies on a node.
func (l *lab) remedied(node string) int {
	n := 0
	for _, e := range l.events() {
		if e.Kind == journal.StepStarted && e.Remedy == plan.FinishSwap && string(e.Node) == node {
			n++
		}
	}
	return n
}

func TestACutSwapIsFinishedWithApproval(t *testing.T) {
	t.Parallel()
	for _, node := range []string{"m1", "a1"} {
		for _, at := range []int{2, 5, 14, 18, 28} {
			t.Run(fmt.Sprint(node, " ", at), func(t *testing.T) {
				t.Parallel()
				inBubble(t, cutOptions(node, at), func(l *lab) {
					e := l.run("apply", "--yes")
					l.want(e, exitStopped)
					if want := l.typed("resume --run " + l.state().Run + " --finish-swap"); !strings.Contains(e.out, "next    1 "+want) {
						l.Errorf("no next command %q in\n%s", want, e.out)
					}
					if e := l.run("resume", "--yes"); e.code != exitStopped || l.remedied(node) != 0 {
						l.Errorf("without approval: %d remedies; %s", l.remedied(node), e)
					}
					l.want(l.run("resume", "--finish-swap"), exitDone)
					l.launched(1, node)
					if l.remedied(node) != 1 || len(l.c.Unpatched()) > 0 {
						l.Errorf("%d remedies; unpatched: %v", l.remedied(node), l.c.Unpatched())
					}
				})
			})
		}
	}
}

func TestAtATerminalResumeAsksBeforeItFinishesASwap(t *testing.T) {
	t.Parallel()
	inBubble(t, cutOptions("a1", 14), func(l *lab) {
		l.want(l.run("apply", "--yes"), exitStopped)
		for _, answer := range []string{"no\n", "y\n", "\n"} {
			person := l.controller()
			person.says = answer
			if e := person.run("resume"); e.code != exitStopped || !strings.Contains(e.out, "Type yes to finish it") || l.remedied("a1") != 0 {
				l.Errorf("%q: %s", answer, e)
			}
		}
		person := l.controller()
		person.says = "yes\n"
		l.want(person.run("resume"), exitDone)
		if l.remedied("a1") != 1 {
			l.Errorf("%d remedies", l.remedied("a1"))
		}
	})
}

func TestAControllerThatDiesWhileASwapIsFinishedIsSucceeded(t *testing.T) {
	t.Parallel()
	for _, node := range []string{"m1", "a1"} {
		for k := 1; k <= 7; k += 2 {
			t.Run(fmt.Sprint(node, " ", k), func(t *testing.T) {
				t.Parallel()
				inBubble(t, cutOptions(node, 14), func(l *lab) {
					l.want(l.run("apply", "--yes"), exitStopped)
					l.die(len(l.events())+k, "resume", "--finish-swap")
					l.want(l.run("resume", "--finish-swap"), exitDone)
					l.launched(1, node)
				})
			})
		}
	}
}

func TestAMachineThatRebootsWhileItsSwapIsFinishedIsFinishedAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, cutOptions("a1", 14), func(l *lab) {
		l.want(l.run("apply", "--yes"), exitStopped)
		c := l.controller()
		c.wrote = once(func() bool { return l.remedied("a1") == 1 }, func() {
			if err := l.c.Strike(simcluster.Fault{What: fault.Reboot, Where: "a1"}); err != nil {
				l.Error(err)
			}
		})
		if e := c.run("resume", "--finish-swap"); e.code != exitDone {
			time.Sleep(5 * time.Minute) // it boots
			l.want(l.run("resume", "--finish-swap"), exitDone)
		}
		l.launched(1, "a1")
	})
}

func TestNoMasterIsStoppedForItsRemedyWhileAnotherIsOut(t *testing.T) {
	t.Parallel()
	inBubble(t, cutOptions("m1", 2), func(l *lab) {
		l.edit(func(inv string) string { return strings.Replace(inv, quick, hasty, 1) })
		l.want(l.run("apply", "--yes"), exitStopped)
		if err := l.c.Strike(simcluster.Fault{What: fault.SSHDown, Where: "m2"}); err != nil {
			l.Fatal(err)
		}
		e := l.run("resume", "--finish-swap")
		if e.code == exitDone || l.remedied("m1") != 0 {
			l.Errorf("%d remedies: %s", l.remedied("m1"), e)
		}
		if s := l.state(); s.Stop == nil || s.SafeToLeave().Safe && s.SafeToLeave().Why == "" {
			l.Errorf("stop %+v", s.Stop)
		}
	})
}
