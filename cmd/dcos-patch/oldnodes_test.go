package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// Nodes as old as CentOS 7 are patched by every DC/OS that there is for them:
// planned, begun, interrupted in the middle, and gone on with.
func TestNodesOfSystemd219ArePatchedFromPlanToResumeInEveryMinor(t *testing.T) {
	t.Parallel()
	for i, v := range [][2]dcos.Version{{"1.11.11", "1.11.12"}, {"1.12.3", "1.12.4"}, {"1.13.8", "1.13.9"}, {"2.0.5", "2.0.6"}, {"2.1.0", "2.1.1"}, {"2.2.0", "2.2.1"}} {
		if i%min(faultEvery, 5) != 0 {
			continue
		}
		t.Run(string(v[0]), func(t *testing.T) {
			t.Parallel()
			inBubble(t, simcluster.Options{From: v[0], To: v[1], Private: 1, Width: 1, Seed: 1, Systemd: simcluster.Systemd219}, func(l *lab) {
				file := filepath.Join(l.dir, "plan.json")
				l.want(l.run("plan", "--out", file), exitDone)
				e := l.interruptAt("m1 script started", 1).run("apply", "--yes", file)
				l.want(e, exitInterrupted)
				if got := l.happened("launch"); len(got) == 0 || len(got) == 4 {
					l.Fatalf("it was not interrupted in the middle: %v", got)
				}
				r := l.run("resume")
				l.want(r, exitDone)
				l.done(4)
				l.launched(1, "m1", "m2", "m3", "a1")
				l.unlocked()
				if strings.Contains(e.out+r.out, "NRestarts") {
					l.Error("a word of systemd 235 is shown")
				}
			})
		})
	}
}
