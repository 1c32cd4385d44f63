package main

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
)

func (l *lab) newest() string {
	l.Helper()
	run, _, err := controller.Runs{Store: l.store()}.Latest()
	if err != nil || run == "" {
		l.Fatalf("%q, %v", run, err)
	}
	return run
}

func TestARunThatIsNotResumedIsEndedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		l.dieAt("verified", 1, "apply", "--yes")
		run := l.newest()
		l.want(l.run("abandon", run), exitInvalid)
		l.want(l.run("abandon", "--reason", "x", "0101-0000-none"), exitInvalid)
		l.want(l.run("abandon", "--reason", "x", "../"+run), exitInvalid)
		e := l.run("abandon", run, "--reason", "another target is wanted")
		l.want(e, exitDone)
		if !strings.Contains(e.out, "has ended unfinished: another target is wanted") || !strings.Contains(e.out, "is patched and not verified") {
			l.Errorf("%s", e)
		}
		l.unlocked()
		for _, f := range l.ours() {
			if strings.Contains(f, "/runs/") || strings.Contains(f, "/scripts/") {
				l.Errorf("%s is left", f)
			}
		}
		if s := l.state(); s.Ended != journal.RunAbandoned {
			l.Errorf("ended %q", s.Ended)
		}
		e = l.run("status")
		if !strings.Contains(e.out, "ABANDONED") || !strings.Contains(e.out, "another target is wanted") || strings.Contains(e.out, "resume") {
			l.Errorf("%s", e)
		}
		for _, args := range [][]string{{"resume"}, {"resume", "--run", run}, {"abandon", run, "--reason", "again"}, {"park", "a4", "--reason", "x"}} {
			e = l.run(args...)
			l.want(e, exitRefused)
		}
		l.want(l.run("apply", "--yes"), exitDone)
		l.launched(1, "a1", "a2", "a3", "a4")
	})
}

func TestARunIsNotEndedWhileAPatchRuns(t *testing.T) {
	t.Parallel()
	opt := oneLeft()
	opt.Faults = append(opt.Faults, simcluster.Fault{What: fault.ScriptHangs, Where: "a1"})
	inBubble(t, opt, func(l *lab) {
		l.dieAt("a1 script started", 1, "apply", "--yes")
		e := l.run("abandon", l.newest(), "--reason", "x")
		l.want(e, exitRefused)
		if !strings.Contains(e.err, "a1: a patch is running") || strings.Contains(e.err, "--cluster-gone") || !l.locked("m1") {
			l.Errorf("%s", e)
		}
		if s := l.state(); s.Ended == journal.RunAbandoned {
			l.Error("it was ended")
		}
	})
}

func TestASilentMasterMayMeanThatTheClusterIsGone(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		l.dieAt("verified", 1, "apply", "--yes")
		for _, where := range []string{"a1", "m1"} {
			if err := l.c.Strike(simcluster.Fault{What: fault.SSHDown, Where: where}); err != nil {
				t.Fatal(err)
			}
			e := l.run("abandon", l.newest(), "--reason", "x")
			l.want(e, exitRefused)
			if hinted := strings.Contains(e.err, "--cluster-gone"); hinted != (where == "m1") {
				l.Errorf("%s is silent: %s", where, e)
			}
		}
	})
}

func TestARunOfAClusterThatIsGoneIsEndedInTheJournal(t *testing.T) {
	t.Parallel()
	inBubble(t, fourLeft(), func(l *lab) {
		l.dieAt("verified", 1, "apply", "--yes")
		for _, m := range []string{"m1", "m2", "m3"} {
			if err := l.c.Strike(simcluster.Fault{What: fault.SSHDown, Where: m}); err != nil {
				t.Fatal(err)
			}
		}
		run := l.newest()
		e := l.run("abandon", run, "--reason", "x")
		l.want(e, exitRefused)
		if !strings.Contains(e.err, "abandon "+run+" --cluster-gone") {
			l.Errorf("%s", e)
		}
		e = l.run("abandon", run, "--reason", "the site was closed", "--cluster-gone")
		l.want(e, exitDone)
		if !strings.Contains(e.out, "no node was asked") {
			l.Errorf("%s", e)
		}
		if s := l.state(); s.Ended != journal.RunAbandoned || s.Abandoned != "the site was closed" {
			l.Errorf("%q, %q", s.Ended, s.Abandoned)
		}
	})
}
