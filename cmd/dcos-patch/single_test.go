package main

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// TestTheOnlyMasterIsPatchedByAWaiverAlone: there is no other that could spare
// it, so that a plan without the waiver is refused, and with it says what comes.
func TestTheOnlyMasterIsPatchedByAWaiverAlone(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Masters: 1, Private: 2, Width: 1, Seed: 1}, func(l *lab) {
		e := l.run("apply", "--yes")
		l.want(e, exitRefused)
		if !strings.Contains(e.err, "--waive single-master:cluster=REASON") {
			l.Errorf("%s", e)
		}
		l.launched(0, "m1")
		e = l.run("apply", "--yes", "--waive", "single-master:cluster=a test cluster")
		l.want(e, exitDone)
		if !strings.Contains(e.out, "no master serves while it is patched") || !strings.Contains(e.out, "waived: a test cluster") {
			l.Errorf("%s", e)
		}
		l.done(3)
	})
}
