package plan

import "testing"

func TestAPlanKnowsTheIssuesOfItsVersions(t *testing.T) {
	got := map[string]bool{}
	for _, k := range KnownIssues("2.0.4", "2.0.5") {
		got[k.ID] = true
	}
	if !got["COPS-1754"] || got["COPS-6635"] || got["mesos-agent-recovery"] {
		t.Errorf("got %v", got)
	}
	if got := KnownIssues("2.2.0", "2.2.1"); len(got) != 0 {
		t.Errorf("within 2.2: %v", got)
	}
}
