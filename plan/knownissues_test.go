package plan

import "testing"

func TestAPlanKnowsTheIssuesOfItsVersions(t *testing.T) {
	p := &Plan{From: "2.0.4", To: "2.0.5"}
	got := map[string]bool{}
	for _, k := range p.KnownIssues() {
		got[k.ID] = true
	}
	if !got["COPS-1754"] || got["COPS-6635"] || got["mesos-agent-recovery"] {
		t.Errorf("got %v", got)
	}
	if p = (&Plan{From: "2.2.0", To: "2.2.1"}); len(p.KnownIssues()) != 0 {
		t.Errorf("within 2.2: %v", p.KnownIssues())
	}
}
