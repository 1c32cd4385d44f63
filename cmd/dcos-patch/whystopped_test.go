package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/render"
)

// TestAStopSaysSinceWhen: a gate whose words change all the time, as by how long
// an agent is away, has not been good since it was good last.
func TestAStopSaysSinceWhen(t *testing.T) {
	t.Parallel()
	opt := crashing()
	opt.Faults = append(opt.Faults, simcluster.Fault{What: fault.AgentNeverRegisters, Where: "a1"})
	inBubble(t, opt, func(l *lab) {
		began := time.Time{}
		c := l.controller()
		c.wrote = once(func() bool { return l.started("general/a1/return") }, func() { began = time.Now() })
		e := c.run("apply", "--yes")
		l.want(e, exitStopped)
		line := regexp.MustCompile(`(?m)^  gate    "registered" on a1\n.*\n.*\n  since   (\S+), not good for 5m0\ds; last asked (\S+)$`).FindStringSubmatch(e.out)
		if line == nil {
			t.Fatalf("the STOP does not say since when: %s", e)
		}
		if since, err := time.ParseInLocation(render.ClockText, line[1], time.Local); err != nil || render.Clock(began) > line[1] || render.Clock(began.Add(5*time.Second)) < line[1] {
			t.Errorf("since %s (%v), the step began %s: %s", since, err, render.Clock(began), e)
		}
		if want := "; not good since " + line[1] + " " + began.Local().Format("MST"); !strings.Contains(e.out, want) {
			t.Errorf("the FAILED line lacks %q: %s", want, e)
		}
		for _, want := range []string{`(?m)^  script  ran once: exit 0; active packages are the target's \d+ \(seen \d\d:\d\d:\d\d\)$`,
			`(?m)^  impact  it ran \d+ tasks at \d\d:\d\d:\d\d, before its script; not checked since$`} {
			if !regexp.MustCompile(want).MatchString(e.out) {
				t.Errorf("want %s: %s", want, e)
			}
		}
		if status := l.run("status"); !strings.Contains(status.out, fmt.Sprintf("since   %s, not good for", line[1])) {
			t.Errorf("status: %s", status)
		}
	})
}
