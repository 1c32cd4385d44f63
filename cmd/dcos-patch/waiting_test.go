package main

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// A node that cannot be reached is tried once, in a time that a person is told
// about, and not by every question anew.
func TestASurveyTriesANodeThatIsDownOnceAndSaysSo(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Seed: 1, Faults: simcluster.Faults{{What: fault.SSHSilent, Where: "m2"}}}, func(l *lab) {
		e := l.run("plan")
		l.want(e, exitRefused)
		if n := strings.Count(e.err, "no connection to m2 since "); n != 1 || strings.Contains(e.err, "no connection to m1") {
			l.Errorf("want it said once, of m2: %s", e)
		}
		if e.took > 60*time.Second {
			l.Errorf("took %s: m2 was tried more than once", e.took)
		}
		if e := l.run("plan", "-o", "json"); e.err != "" && strings.Contains(e.err, "no connection") {
			l.Errorf("a program reads it: %s", e)
		}
	})
}
