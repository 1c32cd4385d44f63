package node_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/node"
)

// A unit that systemd took in time and began too late, or that has no deadline
// in its receipt, does not run the script.
func TestAUnitThatBeginsTooLateRunsNothing(t *testing.T) {
	for name, until := range map[string]string{"too late": "until=86400\n", "no deadline": "", "no number": "until=soon\n"} {
		t.Run(name, func(t *testing.T) {
			b := agentBench(t)
			sha := b.Script(t)
			b.write(t, "run/script-end", "0", 0o644) // a script that runs after all ends at once
			b.write(t, node.Dir+"/receipts/"+sha+"/1/started", "run=run-1\nboot_id=11111111-2222-3333-4444-000000000001\n"+until, 0o600)
			if _, err := node.Change(t.Context(), b, "_patch", sha, "1"); exitCode(err) != 71 {
				t.Errorf("%v, want exit code 71", err)
			}
			out, err := node.Read(t.Context(), b, "output", sha, "1", "0")
			if b.exists("run/script-running") || err != nil || !strings.Contains(string(out), "too late") {
				t.Errorf("the script ran, or the output does not say why not: %q, %v", out, err)
			}
			if s, err := node.TakeSurvey(t.Context(), b); until != "until=soon\n" && (err != nil || s.Receipts[0].State != node.CalledOff) {
				t.Errorf("%+v, %v, want called off", s.Receipts, err)
			}
		})
	}
}

// A launch may wait for the flock, or read a slow disk: its deadline is judged
// last.
func TestADeadlineIsJudgedWhenNothingSlowIsLeft(t *testing.T) {
	b := agentBench(t)
	sha := b.Script(t)
	if err := node.Init(t.Context(), b, claim); err != nil {
		t.Fatal(err)
	}
	start := node.Start{Claim: claim, SHA256: sha, Attempt: 1, From: "2.1.0", Until: soon(t, b)}
	b.write(t, "proc/uptime", fmt.Sprintf("%d.00 1.00\n", start.Until.Uptime), 0o644)
	if _, err := node.Launch(t.Context(), b, start); refusedWord(err) != node.RefusedLate {
		t.Errorf("%v, want refused: late", err)
	}
	for _, broken := range []string{"", "soon\n", "1.0.0 1\n", "-1.0 1\n", "12\n"} {
		b.write(t, "proc/uptime", broken, 0o644)
		if _, err := node.Launch(t.Context(), b, start); refusedWord(err) != node.RefusedLate {
			t.Errorf("uptime %q: %v, want refused: late", broken, err)
		}
		if _, err := node.ReadUptime(t.Context(), b); exitCode(err) != 1 {
			t.Errorf("uptime %q: %v, want exit code 1", broken, err)
		}
	}
}

func TestAnUptimeThatIsNotOursIsRefused(t *testing.T) {
	for _, text := range []string{"", "uptime", "uptime 1.5", "uptime x b", "uptime -1.5 b", "uptime NaN b", "uptime 1e99 b", "uptime 1.5 b c", "clock 1.5 b"} {
		if up, err := node.ParseUptime([]byte(text)); err == nil || up != (node.Uptime{}) {
			t.Errorf("%q: %+v, %v; want zero and an error", text, up, err)
		}
	}
	up, err := node.ParseUptime([]byte("uptime 100.75 b-1\n"))
	if err != nil || up.At(1500*time.Millisecond) != (node.Deadline{BootID: "b-1", Uptime: 102}) {
		t.Errorf("%+v, %v", up, err)
	}
}
