package patcher

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestAClusterThatWasGreenTooShortlySaysSo: "not green in time: green" tells nobody anything.
func TestAClusterThatWasGreenTooShortlySaysSo(t *testing.T) {
	task := plan.Task{Step: plan.Step{Timeout: plan.Duration(10 * time.Minute)}}
	began := time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)
	look := func(after time.Duration, s dcos.Status, said string) dcos.Finding {
		return dcos.Finding{Check: "cluster", Status: s, Observed: said, At: began.Add(after)}
	}
	red := plan.Observation{Findings: []dcos.Finding{{Check: "leader", Status: dcos.Failed}}}
	for _, c := range []struct {
		name  string
		looks []dcos.Finding
		want  string
	}{
		{"green for too short a time", []dcos.Finding{look(0, dcos.Failed, "leader: 0 masters lead"), look(9*time.Minute, dcos.Passed, "green")},
			"the cluster was green for 1m0s of 3m0s when 10m0s were over; last red at "},
		{"red to the end", []dcos.Finding{look(time.Minute, dcos.Failed, "leader: 0 masters lead")}, "the cluster was not green within 10m0s: leader: 0 masters lead"},
		{"never seen", nil, "no look at the cluster was complete within 10m0s"},
	} {
		var l lastLooks
		for _, f := range c.looks {
			l.see(f, red)
		}
		got := l.late(task, began.Add(8*time.Minute), 3*time.Minute)
		if !strings.HasPrefix(got.Detail, c.want) || strings.HasSuffix(got.Detail, ": green") || got.Outcome != plan.Failed {
			t.Errorf("%s: %q, want %q", c.name, got.Detail, c.want)
		}
	}
}
