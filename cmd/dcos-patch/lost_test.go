package main

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// TestWhatIsLostIsNotWaitedForAndTheNextCommandsLeadOn: the agent comes back under
// another id. The run stops at once, names both, and prints nothing that would
// only find the same again.
func TestWhatIsLostIsNotWaitedForAndTheNextCommandsLeadOn(t *testing.T) {
	t.Parallel()
	faults := append(patched("m1", "m2", "m3"), simcluster.Fault{What: simcluster.AgentNewID, Where: "a1"})
	inBubble(t, simcluster.Options{Private: 2, Width: 1, Seed: 6, Faults: faults}, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitStopped)
		if !strings.Contains(e.out, "registered as a new agent ") || strings.Contains(e.out, "check a1 --wait") {
			l.Errorf("the stop says\n%s", e.out)
		}
		park := strings.Index(e.out, "park a1 --reason")
		if resume := strings.LastIndex(e.out, "resume --run"); park < 0 || resume < park {
			l.Errorf("a1 must be left behind before the run goes on:\n%s", e.out)
		}
		l.want(l.run("park", "a1", "--reason", "came back as another agent"), exitDone)
		l.want(l.run("resume"), exitParked)
		l.launched(1, "a1", "a2")
	})
}
