package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// A node on which a patch still runs is as green as ever, since nothing was
// stopped yet, and is not ready all the same.
func TestANodeOnWhichAPatchRunsIsNotGreen(t *testing.T) {
	t.Parallel()
	faults := append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.ScriptHangs, Where: "a1"})
	inBubble(t, simcluster.Options{Private: 1, Width: 1, Seed: 1, Faults: faults}, func(l *lab) {
		l.want(l.run("apply", "--yes"), exitInDoubt)
		for _, args := range [][]string{{"check", "a1"}, {"check", "a1", "--wait"}} {
			e := l.run(args...)
			l.want(e, exitStopped)
			if !strings.Contains(e.out, "a1 is not ready: at-rest: a patch runs on it: dcos-patch-") || strings.Contains(e.out, "is green") {
				l.Errorf("%v says\n%s", args, e.out)
			}
		}
	})
}

// An interrupted swap is the first thing to know of a node.
func TestANodeInTheMiddleOfASwapIsToldAsThat(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Width: 1, Seed: 1, Faults: simcluster.Faults{{What: fault.MidSwapFromStart, Where: "a1"}}}, func(l *lab) {
		e := l.run("check", "a1")
		l.want(e, exitStopped)
		if !strings.Contains(e.out, "a1 is not ready: at-rest: its swap of packages was cut short: "+dcos.InstallProgress+" exists") || !strings.Contains(e.out, "runbook") {
			l.Errorf("%s", e.out)
		}
		l.want(l.run("check", "m1"), exitDone)
	})
}

// Programs get one document, whatever the answer is.
func TestACheckForPrograms(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 1, Faults: simcluster.Faults{
		{What: fault.MidSwapFromStart, Where: "a1"}, {What: fault.WrongKey, Where: "a2"}}}, func(l *lab) {
		for _, row := range []struct {
			node, blocking string
			code           int
		}{{"m1", "", exitDone}, {"a1", "at-rest", exitStopped}, {"a2", "connection", exitStopped}} {
			e := l.run("-o", "json", "check", row.node)
			l.want(e, row.code)
			var got struct {
				Version  int
				Node     string
				Green    bool
				Findings []dcos.Finding
				Blocking []dcos.Finding
				Next     [][]string
			}
			if err := json.Unmarshal([]byte(e.out), &got); err != nil {
				l.Fatalf("%v\n%s", err, e.out)
			}
			if got.Version != 1 || got.Node != row.node || got.Green != (row.blocking == "") || len(got.Findings) == 0 || got.Next == nil {
				l.Errorf("%+v", got)
			}
			if row.blocking != "" && (len(got.Blocking) == 0 || got.Blocking[0].Check != row.blocking || got.Blocking[0].Observed == "") {
				l.Errorf("%s: want %s first, got %+v", row.node, row.blocking, got.Blocking)
			}
		}
	})
}

// A node that is gone is one block of a stop, and of a check after it, however
// many gates it has.
func TestAStopAtANodeThatIsGoneIsOneBlock(t *testing.T) {
	t.Parallel()
	faults := append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.NodeNeverReturns, Where: "a1"})
	inBubble(t, simcluster.Options{Private: 1, Width: 1, Seed: 1, Faults: faults}, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		_, stop, _ := strings.Cut(e.out, "STOPPED ")
		if strings.Count(stop, "  gate    ") != 1 || strings.Count(e.out, "because  ") != 1 || !strings.Contains(stop, "cannot be reached since ") || !strings.Contains(stop, " gates could not be asked: registered") {
			l.Errorf("%s", e.out)
		}
		e = l.run("check", "a1", "--wait")
		l.want(e, exitStopped)
		if strings.Contains(e.out, "more above") || !strings.Contains(e.out, "a1 is not ready: connection: it cannot be reached since ") {
			l.Errorf("%s", e.out)
		}
	})
}

// What an agent and its tasks are compared with is in the journal: without it nothing
// is shown, and least of all that the node is well.
func TestACheckWithADamagedJournalIsNotGreen(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Width: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}, func(l *lab) {
		l.want(l.run("apply", "--yes"), exitDone)
		whole, err := os.ReadFile(l.journal())
		if err != nil {
			l.Fatal(err)
		}
		if err := os.WriteFile(l.journal(), bytes.Replace(whole, []byte(`"attempt":1`), []byte(`"attempt":2`), 1), 0o600); err != nil {
			l.Fatal(err)
		}
		e := l.run("check", "a1")
		l.want(e, exitInvalid)
		if !strings.Contains(e.err, "journal is damaged") || strings.Contains(e.out, "is green") {
			l.Errorf("%s", e)
		}
	})
}
