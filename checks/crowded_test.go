package checks

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

func TestMetricsThatOthersPollAreWaitedForAndTheLimitIsNamed(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(*fakeNode)
		says string // empty: green
	}{
		{"forty others poll", func(n *fakeNode) { n.late = 20 * time.Second }, ""},
		{"a hundred others poll", func(n *fakeNode) { n.late = 50 * time.Second }, "no answer within 30s, although it answers other questions: Mesos answers /metrics/snapshot twice a second for each daemon, everyone's requests together"},
		{"the daemon hangs", func(n *fakeNode) { n.hung[dcos.MetricsSnapshot], n.hung["/version"] = true, true }, "no answer within 30s, and none to other questions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				c.with(f.nodes["m2"])
				obs := New(f, fakeSubject()).Observe(t.Context(), plan.Ask{})
				if obs.Green != (c.says == "") {
					t.Errorf("green %t: %+v", obs.Green, obs.Findings)
				}
				time.Sleep(time.Minute) // the late answers come, to whom it may concern
				var all []string
				for _, f := range obs.Findings {
					all = append(all, f.Observed)
				}
				if text := strings.Join(all, "\n"); !strings.Contains(text, c.says) || strings.Contains(text, "deadline") {
					t.Errorf("nothing of %q in\n%s", c.says, text)
				}
			})
		})
	}
}
