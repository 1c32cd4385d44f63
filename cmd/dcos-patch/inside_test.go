package main

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestARunGoesOnFromInsideOfEveryStep kills the controller a quarter, half and
// three quarters into each step: what it had begun goes on without it, and
// another controller comes to the same end.
func TestARunGoesOnFromInsideOfEveryStep(t *testing.T) {
	t.Parallel()
	var events []journal.Event
	var begun time.Time
	inBubble(t, crashing(), func(l *lab) {
		begun = time.Now()
		l.want(l.run("apply", "--yes"), exitDone)
		events = l.events()
	})
	every := crashEvery
	if os.Getenv("DCOS_PATCH_EVERY_CRASH") != "" {
		every = 1
	}
	started := map[plan.StepID]time.Time{}
	n := 0
	for _, e := range events {
		switch e.Kind {
		case journal.StepStarted:
			started[e.Step] = e.At
		case journal.StepEnded:
			for quarter := 1; quarter < 4; quarter++ {
				at := started[e.Step].Add(e.At.Sub(started[e.Step]) * time.Duration(quarter) / 4).Sub(begun)
				if n++; n%every != 0 {
					continue
				}
				t.Run(fmt.Sprintf("%d of 4 into %s", quarter, e.Step), func(t *testing.T) {
					t.Parallel()
					inBubble(t, crashing(), func(l *lab) { l.dieAfterAndResume(at) })
				})
			}
		}
	}
}

// dieAfterAndResume kills the controller so long after its beginning, and goes
// on with another one from what is on disk.
func (l *lab) dieAfterAndResume(after time.Duration) {
	l.Helper()
	c := l.controller()
	var file string
	var kept []byte
	time.AfterFunc(after, func() {
		file = l.journal()
		kept = l.read(file)
		c.kill()
	})
	if e := c.run("apply", "--yes"); file == "" {
		l.want(e, exitDone) // quicker than the run that the moments are from
		return
	}
	l.rewrite(file, func([]byte) []byte { return kept }) // the dead write nothing
	l.want(l.run("resume"), exitDone)
	l.done(4)
	l.launched(1, "m2", "a1")
	l.launched(0, "m1", "m3")
	l.unlocked()
}
