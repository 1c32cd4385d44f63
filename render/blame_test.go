package render

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestWithoutALeaderNoAgentIsToBlame: two masters are down, so that no agent can be verified.
func TestWithoutALeaderNoAgentIsToBlame(t *testing.T) {
	s, p := forgedRun(), Program{}
	park := func() bool {
		return strings.Contains(strings.Join(p.onward(s.View(time.Now())), "\n"), "park")
	}
	s.Look = &plan.Observation{Green: true}
	if !park() || strings.Contains(p.Ending(s.View(time.Now())), "masters are not whole") {
		t.Errorf("the masters are well:\n%s%s", p.Ending(s.View(time.Now())), p.Closing(s.View(time.Now())))
	}
	s.Look = &plan.Observation{Quorums: []plan.Quorum{{Name: "zookeeper", Size: 3, Serving: s.Look.Out}},
		Findings: []dcos.Finding{{Check: "leader", Status: dcos.Failed, Observed: "0 masters lead"}}}
	if park() || !strings.Contains(p.Ending(s.View(time.Now())), "  cluster the masters are not whole, so a1 may not be the cause: zookeeper 0/3 serve; 0 masters lead\n") ||
		!strings.HasPrefix(p.onward(s.View(time.Now()))[0], "bring the masters back first: ") {
		t.Errorf("no master leads:\n%s%s", p.Ending(s.View(time.Now())), p.Closing(s.View(time.Now())))
	}
}
