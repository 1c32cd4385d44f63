package simcluster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/swap"
)

// wantCut demands that a node tells what the real one did that was cut at the
// position.
func (s story) wantCut(name string, p swap.Position) {
	s.Helper()
	want := []string{"midswap", "swap_stage " + p.Stage}
	for _, m := range strings.Fields(p.Missing) {
		want = append(want, "swap_missing "+m)
	}
	if p.Missing == "" {
		want = append(want, "!swap_missing")
	}
	if v := map[string]string{"old": "version 2.1.0", "new": "version 2.1.1", "": "!version"}[p.Version]; v != "" {
		want = append(want, v)
	}
	if p.Active == "" {
		want = append(want, "!active ")
	}
	s.wantSurvey(name, want...)
}

func TestARebootFinishesASwapOnlyWhereTheRealOneDid(t *testing.T) {
	for _, p := range swap.Positions() {
		t.Run(fmt.Sprint(p.At), func(t *testing.T) {
			t.Parallel()
			inStory(t, fmt.Sprintf("[{what: reboot-mid-swap, where: a1, at: %d}]", p.At), func(s story) {
				s.launch("a1")
				s.wait(95 * time.Second)
				s.wantCut("a1", p)
				s.wait(5 * time.Minute)
				if p.Boot {
					s.wantSurvey("a1", "receipt "+sumOf(s.c.Script())+" 1 lost", "version 2.1.1", "!midswap")
					return
				}
				s.wantCut("a1", p)
				s.wantSurvey("a1", "swap_setup failed", "receipt "+sumOf(s.c.Script())+" 1 lost")
				if up := s.node("a1").agent.up; up != (p.At == 28) {
					s.Errorf("the agent runs: %v", up)
				}
			})
		})
	}
}

func TestAScriptThatDiesInItsSwapLeavesWhatTheRealOneDid(t *testing.T) {
	for _, p := range swap.Positions() {
		t.Run(fmt.Sprint(p.At), func(t *testing.T) {
			t.Parallel()
			inStory(t, fmt.Sprintf("[{what: script-fails-mid-swap, where: a1, at: %d}]", p.At), func(s story) {
				s.launch("a1")
				s.wait(2 * time.Minute)
				s.wantCut("a1", p)
				s.wantSurvey("a1", "swap_setup inactive", "receipt "+sumOf(s.c.Script())+" 1 exit:1")
				if s.node("a1").agent.up {
					s.Error("the agent runs")
				}
			})
		})
	}
}

func TestAPowerCutInTheSwapStopsItWhereItIs(t *testing.T) {
	last := ""
	for _, after := range []string{"30100ms", "32500ms", "33s", "33500ms"} {
		inStory(t, fmt.Sprintf("[{what: reboot, where: m1, when: launch, after: %s}]", after), func(s story) {
			s.launch("m1")
			s.wait(98 * time.Second)
			left := must(s.T, s.c, "m1").verb("survey")
			if !strings.Contains(left, "midswap\n") {
				s.Fatalf("after %s: not in its swap:\n%s", after, left)
			}
			_, left, _ = strings.Cut(left, "midswap\n")
			if left == last {
				s.Errorf("after %s: as long before:\n%s", after, left)
			}
			last = left
		})
	}
}

func TestAPositionIsOfASwapThatIsCut(t *testing.T) {
	for _, text := range []string{"[{what: reboot-mid-swap, where: m1, at: 29}]", "[{what: reboot-mid-swap, where: m1, at: -1}]", "[{what: reboot, where: m1, at: 4}]"} {
		fs, err := ParseFaults([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{Faults: fs}); err == nil || !strings.Contains(err.Error(), "from 1 to 28") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
