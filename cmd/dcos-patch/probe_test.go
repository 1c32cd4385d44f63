package main

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// probing is a cluster whose masters are patched, with a canary and another agent.
func probing(faults ...simcluster.Fault) simcluster.Options {
	return simcluster.Options{Private: 2, Width: 1, Seed: 1, Tasks: 3, Faults: append(patched("m1", "m2", "m3"), faults...)}
}

// canary makes a1 the canary of its group.
func (l *lab) canary() {
	l.Helper()
	l.edit(func(inv string) string { return strings.Replace(inv, "canary: none", "canary: [a1]", 1) })
}

// probed is the probe's last report.
func (l *lab) probed() journal.Event {
	l.Helper()
	var last journal.Event
	for _, e := range l.events() {
		if e.Kind == journal.StepEnded && e.Step == probeOfA1 {
			last = e
		}
	}
	if last.Report == nil {
		l.Fatal("no launch probe has ended")
	}
	return last
}

// nothingLeft wants no framework of ours, and none owed.
func (l *lab) nothingLeft() {
	l.Helper()
	if left := l.c.Frameworks(); len(left) > 0 {
		l.Errorf("left at the master: %v", left)
	}
	if s := l.state(); s.OwesFor(plan.OwesProbe) {
		l.Errorf("still owed: %+v", s.Obligations())
	}
}

func TestACanaryStartsATaskBeforeAnyOtherAgentIsPatched(t *testing.T) {
	t.Parallel()
	inBubble(t, probing(), func(l *lab) {
		l.canary()
		l.want(l.run("apply", "--yes"), exitDone)
		if ran := l.happened("task"); len(ran) != 1 || ran[0] != "a1" {
			l.Errorf("tasks were started on %v, want one on a1", ran)
		}
		if begun := l.when("a1", "task"); !begun.After(l.when("a1", "registered")) || !l.when("a2", "launch").After(begun.Add(15*time.Minute)) {
			l.Error("the task was not started between the canary's return and its bake")
		}
		l.nothingLeft()
	})
}

func TestAPublicAgentIsProbedInTheRoleOfItsResources(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Public: 2, Width: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}, func(l *lab) {
		p := l.c.Names(dcos.PublicAgent)[0]
		l.edit(func(inv string) string { return strings.Replace(inv, "canary: none", "canary: ["+p+"]", 1) })
		l.want(l.run("apply", "--yes"), exitDone)
		if ran := l.happened("task"); len(ran) != 1 || ran[0] != p {
			l.Errorf("tasks were started on %v, want one on %s", ran, p)
		}
		l.nothingLeft()
	})
}

func TestAProbeNeedsNoForwarding(t *testing.T) {
	t.Parallel()
	var faults []simcluster.Fault
	for _, m := range []string{"m1", "m2", "m3"} {
		faults = append(faults, simcluster.Fault{What: fault.NoForwarding, Where: m})
	}
	inBubble(t, probing(faults...), func(l *lab) {
		l.canary()
		l.want(l.run("apply", "--yes"), exitDone)
		if ran := l.happened("task"); len(ran) != 1 {
			l.Errorf("tasks were started on %v", ran)
		}
		l.nothingLeft()
	})
}

func TestACanaryThatCannotStartTasksStopsTheRunUntilItCan(t *testing.T) {
	t.Parallel()
	inBubble(t, probing(simcluster.Fault{What: fault.LaunchFails, Where: "a1", Nth: 1}), func(l *lab) {
		l.canary()
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		for _, want := range []string{"STOPPED", probeOfA1, "REASON_CONTAINER_LAUNCH_FAILED", "statsd socket", "journalctl -u dcos-mesos-slave", "1 untouched", "resume --run"} {
			if !strings.Contains(e.out, want) {
				l.Errorf("does not say %q", want)
			}
		}
		if strings.Contains(e.out, "check a1 --wait") {
			l.Error("sends a person to a check that is green")
		}
		l.launched(0, "a2")
		l.nothingLeft()
		l.want(l.run("resume"), exitDone) // somebody has repaired a1
		l.launched(1, "a1", "a2")
		l.nothingLeft()
	})
}

func TestWithoutAProbeNoTaskIsStarted(t *testing.T) {
	t.Parallel()
	inBubble(t, probing(simcluster.Fault{What: fault.LaunchFails, Where: "a1"}), func(l *lab) {
		l.edit(func(inv string) string {
			return strings.Replace(inv, "canary: none", "launch_probe: false, canary: [a1]", 1)
		})
		l.want(l.run("apply", "--yes"), exitDone)
		if ran := l.happened("task"); len(ran) > 0 {
			l.Errorf("tasks were started on %v", ran)
		}
	})
}

// halfOpen is a connection to the master that outlives the controller, with a
// task that never ends.
func halfOpen() []simcluster.Fault {
	return []simcluster.Fault{{What: fault.LaunchHangs, Where: "a1", Nth: 1}, {What: fault.FrameworkLingers, Where: "a1"}}
}

func TestAControllerThatDiesInAProbeLeavesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, probing(simcluster.Fault{What: fault.LaunchHangs, Where: "a1", Nth: 1}), func(l *lab) {
		l.canary()
		l.dieInProbe()
		if left := l.c.Frameworks(); len(left) > 0 {
			l.Errorf("the stream is over, and there is %v", left)
		}
		l.want(l.run("resume"), exitDone)
		l.nothingLeft()
	})
}

func TestAFrameworkThatOutlivesItsControllerIsRemovedByTheNext(t *testing.T) {
	t.Parallel()
	inBubble(t, probing(halfOpen()...), func(l *lab) {
		l.canary()
		l.dieInProbe()
		left := l.c.Frameworks()
		if len(left) != 1 || !strings.HasPrefix(left[0], "dcos-patch probe "+l.state().Run+" a1 ") {
			l.Fatalf("left %v, want the probe's framework", left)
		}
		if s := l.state(); !s.OwesFor(plan.OwesProbe) {
			l.Errorf("owed %+v", s.Obligations())
		}
		if e := l.run("status"); !strings.Contains(e.out, "launch probe's framework on a1") {
			l.Errorf("%s", e)
		}
		l.want(l.run("resume"), exitDone)
		if rep := l.probed().Report; !rep.Undone {
			l.Errorf("%+v", rep)
		}
		l.nothingLeft()
		l.launched(1, "a1", "a2")
	})
}

func TestALeaderThatIsLostInAProbeIsWaitedFor(t *testing.T) {
	t.Parallel()
	inBubble(t, probing(simcluster.Fault{What: fault.LaunchHangs, Where: "a1", Nth: 1}), func(l *lab) {
		l.canary()
		done := make(chan ended, 1)
		go func() { done <- l.controller().run("apply", "--yes") }()
		l.awaitTask()
		l.loseLeader()
		l.want(<-done, exitDone)
		if ran := l.happened("task"); len(ran) != 2 {
			l.Errorf("tasks were started on %v, want two on a1", ran)
		}
		l.nothingLeft()
	})
}

func TestASweepRemovesWhatAProbeHasLeftAndNobodyElsesFrameworks(t *testing.T) {
	t.Parallel()
	inBubble(t, probing(), func(l *lab) {
		l.want(l.run("apply", "--yes"), exitDone)
		l.want(l.run("sweep"), exitDone)
		const ours, others = "dcos-patch probe 1120-2200-abcd a9 3", "dcos-patch probe of a9"
		l.c.LeaveFramework(ours)
		l.c.LeaveFramework(others)
		dry := l.run("sweep", "--dry-run")
		l.want(dry, exitDone)
		if !strings.Contains(dry.out, "  would remove framework ") || strings.Contains(dry.out, others) || len(l.c.Frameworks()) != 2 {
			l.Errorf("%s", dry)
		}
		e := l.run("sweep")
		l.want(e, exitDone)
		if left := l.c.Frameworks(); !strings.Contains(e.out, "  removed framework ") || len(left) != 1 || left[0] != others {
			l.Errorf("left %v\n%s", left, e)
		}
		l.unlocked()
	})
}

func TestASweepThatCannotAskTheLeaderSaysSo(t *testing.T) {
	t.Parallel()
	inBubble(t, probing(), func(l *lab) {
		l.want(l.run("apply", "--yes"), exitDone)
		l.c.LeaveFramework("dcos-patch probe 1120-2200-abcd a9 3")
		l.loseLeader()
		e := l.run("sweep")
		l.want(e, exitParked)
		if !strings.Contains(e.out, "launch probes' frameworks not swept: no leading master") {
			l.Errorf("%s", e)
		}
		if _, litter := staying(l.ours()); len(litter) > 0 {
			l.Errorf("the files were not swept: %v", litter)
		}
	})
}

// dieInProbe lets the controller die with its task on a1.
func (l *lab) dieInProbe() {
	l.Helper()
	c := l.controller()
	done := make(chan ended, 1)
	go func() { done <- c.run("apply", "--yes") }()
	l.awaitTask()
	c.kill()
	<-done
	time.Sleep(time.Minute)
}

// awaitTask waits until a task was launched, and a moment more.
func (l *lab) awaitTask() {
	l.Helper()
	for len(l.happened("task")) == 0 {
		time.Sleep(time.Second) // virtual
	}
	time.Sleep(2 * time.Second)
}

func (l *lab) loseLeader() {
	l.Helper()
	if err := l.c.Strike(simcluster.Fault{What: fault.LeaderMoves}); err != nil {
		l.Fatal(err)
	}
}
