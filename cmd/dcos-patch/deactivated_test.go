package main

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// TestAnAgentThatAnOperatorHadDeactivatedIsPatchedAndStaysOut: no step of the
// run demands that it serve, and each that would says why not.
func TestAnAgentThatAnOperatorHadDeactivatedIsPatchedAndStaysOut(t *testing.T) {
	t.Parallel()
	faults := append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.AgentDeactivated, Where: "a2"})
	inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 3, From: "2.1.0", To: "2.1.1", Faults: faults}, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitDone)
		l.launched(1, "a1", "a2")
		if !strings.Contains(e.out, "a2 (deactivated at the leader, as it was before its patch)") {
			l.Errorf("not a word about a2 being deactivated:\n%s", e.out)
		}
		check := l.run("check", "a2")
		l.want(check, exitDone)
		if !strings.Contains(check.out, "deactivated") {
			l.Errorf("check says\n%s", check.out)
		}
	})
}
