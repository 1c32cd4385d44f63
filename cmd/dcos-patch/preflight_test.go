package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

func TestPreflightSaysWhatBlocksAndFoldsWhatIsAlike(t *testing.T) {
	t.Parallel()
	var faults simcluster.Faults
	for _, n := range []string{"a1", "a2", "a3"} {
		faults = append(faults, simcluster.Fault{What: fault.DiskLow, Where: n})
	}
	faults = append(faults, simcluster.Fault{What: fault.NoIPSet, Where: "a2"}, simcluster.Fault{What: fault.SlowShell, Where: "a4", For: 5 * time.Second})
	inBubble(t, simcluster.Options{Private: 6, Seed: 1, Faults: faults, Systemd: simcluster.Systemd247}, func(l *lab) {
		e := l.run("preflight")
		l.want(e, exitRefused)
		for _, want := range []string{
			"9 nodes: 5 clean, 1 warn, 3 block\n",
			" BLOCK a[1-3]: too little room for the packages\n   observed  0.1 GB free below /opt/mesosphere\n",
			" WARN  a2: the program ipset is missing\n",
			" WARN  a4: its login shell is slow\n",
			"m[1-3]  master, DC/OS 2.1.0 open, systemd 247, docker active, holds ",
			"a[1-6]  private, DC/OS 2.1.0 open",
		} {
			if !strings.Contains(e.out, want) {
				l.Errorf("nothing of %q in\n%s%s", want, e.out, e.err)
			}
		}
		if strings.Index(e.out, "BLOCK") > strings.Index(e.out, "WARN") {
			l.Errorf("blockers come first:\n%s", e.out)
		}
		var doc struct{ Nodes, Clean, Warn, Block int }
		j := l.run("preflight", "-o", "json")
		if err := json.Unmarshal([]byte(j.out), &doc); err != nil || j.code != exitRefused || doc.Nodes != 9 || doc.Clean != 5 || doc.Warn != 1 || doc.Block != 3 {
			l.Errorf("%+v, %v: %s", doc, err, j)
		}
		l.touchedNothing()
	})
}

func TestAClusterThatIsWellPassesPreflight(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 2, Public: 1, Seed: 1}, func(l *lab) {
		e := l.run("preflight")
		l.want(e, exitDone)
		if !strings.Contains(e.out, "6 nodes: 6 clean, 0 warn, 0 block\n") || strings.Contains(e.out, "BLOCK") || strings.Contains(e.out, "WARN") {
			l.Error(e.out)
		}
		l.touchedNothing()
	})
}

func TestAWaiverThatWasApprovedHoldsForThePlanAndNothingElse(t *testing.T) {
	t.Parallel()
	faults := append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.ForeignUnit, Where: "a1"})
	inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 1, Faults: faults}, func(l *lab) {
		file := filepath.Join(l.dir, "plan.json")
		l.want(l.run("plan", "--out", file), exitRefused)
		l.want(l.run("plan", "--waive", "foreign-units:a2=wrong node"), exitRefused)
		l.want(l.run("plan", "--waive", "foreign-units:a1="), exitInvalid)
		l.want(l.run("plan", "--waive", "foreign-units:a1=r", "--waive-until", "tomorrow"), exitInvalid)
		clock := l.run("plan", "--waive", "clock:a1=r", "--waive", "foreign-units:a1=r")
		if l.want(clock, exitRefused); !strings.Contains(clock.err, "cannot be waived") {
			l.Error(clock)
		}
		e := l.run("plan", "--out", file, "--waive", "foreign-units:a1=portworx moves out tonight")
		if l.want(e, exitDone); !strings.Contains(e.out, "waived: foreign-units:a1 (portworx moves out tonight, until 2000-01-08)") || !strings.Contains(e.err, "portworx.service") {
			l.Error(e)
		}
		l.want(l.run("apply", "--yes"), exitRefused)
		l.touchedNothing()
		l.want(l.run("apply", "--yes", file, "--waive", "foreign-units:a1=again"), exitInvalid)
		l.want(l.run("apply", "--yes", file), exitDone)
		l.done(5)
	})
}

func TestAgentsOutOfServiceAreToldBeforeARun(t *testing.T) {
	t.Parallel()
	faults := simcluster.Faults{
		{What: fault.AgentDeactivated, Where: "a1"}, {What: fault.MachineScheduled, Where: "a2", For: 2 * time.Hour}, {What: fault.MachineDown, Where: "a3"},
	}
	inBubble(t, simcluster.Options{Private: 5, Seed: 1, Faults: faults, MesosFrom: "1.9.0"}, func(l *lab) {
		e := l.run("preflight")
		l.want(e, exitRefused)
		for _, want := range []string{
			"8 nodes: 5 clean, 1 warn, 2 block\n",
			" WARN  a1: it is deactivated\n   observed  deactivated at leader m",
			" BLOCK a2: its machine is scheduled for maintenance\n   observed  its machine is scheduled for maintenance at leader m",
			", from 2000-01-01 01:00 UTC for 2h0m0s\n",
			"--waive maintenance:a2=REASON",
			" BLOCK a3: its machine is down for maintenance\n",
		} {
			if !strings.Contains(e.out, want) {
				l.Errorf("nothing of %q in\n%s%s", want, e.out, e.err)
			}
		}
		w := l.run("preflight", "--waive", "maintenance:a2=the patch is part of it", "--waive", "maintenance:a3=please")
		if l.want(w, exitRefused); strings.Contains(w.out, "BLOCK a2") || !strings.Contains(w.out, "BLOCK a3") {
			l.Error(w.out)
		}
		l.touchedNothing()
	})
}
