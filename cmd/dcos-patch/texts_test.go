package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestASecondApplyIsSentToTheFirst: a resume would be refused, since the run has its controller.
func TestASecondApplyIsSentToTheFirst(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}, func(l *lab) {
		second := ended{}
		c := l.controller()
		c.wrote = once(func() bool { return l.started("general/a1/serve") }, func() { second = l.run("apply", "--yes") })
		l.want(c.run("apply", "--yes"), exitDone)
		if second.code != exitRefused || strings.Contains(second.err, "resume") || !strings.Contains(second.err, l.typed("status")) {
			l.Errorf("%s", second)
		}
	})
}

func TestAnInterruptIsToldInWords(t *testing.T) {
	for said, err := range map[string]error{
		"dcos-patch: interrupted\n":                        context.Canceled,
		"dcos-patch: interrupted: asking m1\n":             fmt.Errorf("asking m1: %w", context.Canceled),
		"dcos-patch: interrupted, nothing was done\n":      fmt.Errorf("interrupted, nothing was done: %w", context.Canceled),
		"dcos-patch: m1: context is everything, he said\n": errors.New("m1: context is everything, he said"),
	} {
		var out strings.Builder
		if (&app{}).explain(&out, err); out.String() != said {
			t.Errorf("%q, want %q", out.String(), said)
		}
	}
}

// TestAnInterruptedSurveyJudgesNothing: what a look that was cut short did not see is no block.
func TestAnInterruptedSurveyJudgesNothing(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"preflight", "plan", "check m1"} {
		inBubble(t, simcluster.Options{Private: 1, Seed: 1}, func(l *lab) {
			for _, after := range []time.Duration{10 * time.Millisecond, 300 * time.Millisecond, 700 * time.Millisecond, 1100 * time.Millisecond} {
				c := l.controller()
				time.AfterFunc(after, func() { c.heard <- os.Interrupt })
				e := c.run(strings.Fields(command)...)
				if e.code == exitInterrupted && (strings.Contains(e.out+e.err, "context canceled") || strings.Contains(e.out+e.err, "BLOCK")) || e.code == exitRefused {
					l.Errorf("%s, interrupted after %s: %s", command, after, e)
				}
			}
		})
	}
}

func TestAWaiverThatWasRefusedIsNotPrintedAsNext(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Seed: 1}, func(l *lab) {
		for _, args := range [][]string{{"plan", "--waive", "clock:a1=x", "--waive", "disk:a1=logs"}, {"plan", "--waive=clock:a1=x", "--waive", "disk:a1=logs"}} {
			e := l.run(args...)
			l.want(e, exitRefused)
			if !strings.HasSuffix(e.err, "  next  when that is done: "+l.typed("plan --waive disk:a1=logs")+"\n") {
				l.Errorf("%s", e)
			}
		}
	})
}

func TestStagingShowsItsOwnTimeAndTally(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 2, Seed: 1}, func(l *lab) {
		whole := l.run("plan")
		e := l.run("stage", "--yes")
		l.want(e, exitDone)
		estimate := regexp.MustCompile(`(?m)^ (\S+) by estimate`)
		if a, b := estimate.FindString(whole.out), estimate.FindString(e.out); a == "" || b == "" || a == b {
			l.Errorf("plan: %q, stage: %q", a, b)
		}
		if strings.Contains(e.out, "untouched") || !strings.Contains(e.out, "  state   5/5 nodes hold the packages\n") {
			l.Errorf("%s", e)
		}
	})
}

func TestASavedPlanSaysWhatComesNext(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Seed: 1}, func(l *lab) {
		file := filepath.Join(l.dir, "my plan.json")
		e := l.run("plan", "--out", file)
		l.want(e, exitDone)
		p, err := plan.Unmarshal(l.read(file))
		if want := "  next  have it approved, then " + l.typed("apply '"+file+"' --plan-id "); err != nil || !strings.Contains(e.out, want+p.ID+"\n") {
			l.Errorf("%v, want %q: %s", err, want, e)
		}
	})
}
