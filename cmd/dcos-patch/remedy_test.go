package main

import (
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// TestAStopNamesAKnownIssueOnlyOnEvidence: an agent that waits for telegraf's socket
// and one that crashes look alike at the leader; what is known of the one would cost
// the other its tasks.
func TestAStopNamesAKnownIssueOnlyOnEvidence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault      fault.Kind
		says, nots []string
	}{
		{fault.SocketDownAfter, []string{"known issue COPS-6512", "on a1: sudo systemctl start dcos-telegraf.socket", "dcos-telegraf.socket is inactive (dead)"},
			[]string{"mesos-agent-recovery", "latest"}},
		{fault.AgentLoops, []string{"on a1: sudo journalctl -n 100 -u dcos-mesos-slave.service says why"}, []string{"known issue COPS-6512 (", "known (", "mesos-agent-recovery", "systemctl start dcos-telegraf"}},
	} {
		inBubble(t, simcluster.Options{Private: 1, Seed: 1, Faults: append(patched("m1", "m2", "m3"), simcluster.Fault{What: c.fault, Where: "a1"})}, func(l *lab) {
			e := l.run("apply", "--yes")
			l.want(e, exitStopped)
			_, shown, _ := strings.Cut(e.out, "a1 admitted") // the plan announces what its versions can meet
			said := strings.Count(shown, "known issue COPS-6512")
			for _, want := range c.says {
				if during, stop, _ := strings.Cut(shown, "STOPPED "); !strings.Contains(during, want) || !strings.Contains(stop, want) {
					l.Errorf("%s: a line before the STOP and the STOP want %q: %s", c.fault, want, e)
				}
			}
			for _, not := range c.nots {
				if strings.Contains(shown, not) {
					l.Errorf("%s: %q is said, %d times: %s", c.fault, not, said, e)
				}
			}
		})
	}
}
