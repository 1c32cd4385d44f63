package checks

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestAGateThatIsLateSaysWhatItLacked: never that it wanted what it has seen.
func TestAGateThatIsLateSaysWhatItLacked(t *testing.T) {
	spec := plan.GateSpec{Gate: "tasks", Need: 2, Span: plan.Duration(10 * time.Second), Every: plan.Duration(5 * time.Second), Within: plan.Duration(15 * time.Second)}
	green := func(seconds int) Sample {
		return with(at(seconds, dcos.Passed), func(s *Sample) { s.Finding.Observed, s.Finding.Want = "2/2 run", "2 tasks run again" })
	}
	for _, c := range []struct {
		name    string
		samples []Sample
		says    string
	}{
		{"too few in a row", []Sample{green(13)}, "1 of 2 samples in a row within 15s; last sample green: 2/2 run"},
		{"too short a streak", []Sample{green(9), green(13)}, "a streak of 3s where 10s are demanded, within 15s; last sample green: 2/2 run"},
		{"a mark that never moved", []Sample{with(green(1), stuck), with(green(7), stuck), with(green(13), stuck)}, "updated_at did not change within 15s; last sample green: 2/2 run"},
		{"a last answer that is no", []Sample{with(green(13), func(s *Sample) { s.Finding.Status, s.Finding.Observed = dcos.Failed, "1/2 run" })}, "wanted 2 tasks run again, seen 1/2 run"},
		{"never asked", nil, "wanted an answer, seen no answer within 15s"},
	} {
		b := newBoard([]plan.GateSpec{spec}, began)
		for _, s := range c.samples {
			b.add(0, s)
		}
		err := late(b, plan.Task{Step: plan.Step{Node: "a1"}}, began.Add(15*time.Second))
		if err == nil {
			t.Fatalf("%s: it holds", c.name)
		}
		text := err.Error()
		if !strings.Contains(text, c.says) || strings.Contains(text, "seen 2/2 run") {
			t.Errorf("%s: %s, want %q", c.name, text, c.says)
		}
		if f := err.(*GateError).Findings[0]; f.Status.OK() || f.Want == "" {
			t.Errorf("%s: the finding passes for one that holds: %+v", c.name, f)
		}
	}
}

func stuck(s *Sample) { s.Marks = map[string]string{"updated_at": "x"} }

func TestOurOwnCutIsNoAnswerOfTheCluster(t *testing.T) {
	cut := words(fmt.Errorf("asking Exhibitor: %w", context.Canceled))
	slow := words(fmt.Errorf("asking Exhibitor: %w", context.DeadlineExceeded))
	if strings.Contains(cut+slow, "context") || !strings.Contains(cut, "cut short") || !strings.Contains(slow, "no answer in time") {
		t.Errorf("%q, %q", cut, slow)
	}
	all := []dcos.Finding{{Check: "leader", Status: dcos.Failed, Observed: "0 masters lead"},
		{Check: "exhibitor", Status: dcos.Unknown, Observed: cut}, {Check: "etcd", Status: dcos.Unknown, Observed: "m1: " + slow}, {Check: "agents", Status: dcos.Passed}}
	got := withoutCut(all, 15*time.Second)
	if len(got) != 3 || got[0].Observed != "0 masters lead" || got[2].Check != "look" || got[2].Status.OK() || got[2].Observed != "cut short after 15s; not answered by then: exhibitor, etcd" {
		t.Errorf("%+v", got)
	}
}

func TestAnAgentThatMesosGaveUpIsNotAwayForNoTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.agents = nil
		c := New(f, fakeSubject())
		findings, err := c.Check(t.Context(), plan.Task{Step: plan.Step{Node: "a037", Action: plan.ActionPostflight, Gates: []plan.GateSpec{{Gate: "registered", Need: 1}}}})
		if len(findings) != 1 || strings.Contains(findings[0].Observed, "away") || !strings.HasSuffix(findings[0].Observed, "; Mesos waits for it no longer") {
			t.Errorf("%+v, %v", findings, err)
		}
	})
}
