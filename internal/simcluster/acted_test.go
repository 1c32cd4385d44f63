package simcluster

import (
	"net/http"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// TestAFaultHasActedOnceAnAnswerShowsIt: what a leader would say of its agents, or of
// the schedule, is nothing that happened to who asks for something else.
func TestAFaultHasActedOnceAnAnswerShowsIt(t *testing.T) {
	kinds := []fault.Kind{fault.MachineScheduled, fault.AgentDeactivated, fault.AgentFull}
	var faults Faults
	for _, k := range kinds {
		faults = append(faults, Fault{What: k, Where: "a1"})
	}
	for _, test := range []struct {
		ask   string
		shows map[fault.Kind]bool
	}{
		{"GET_VERSION", nil},
		{"GET_TASKS", nil},
		{"GET_FRAMEWORKS", nil},
		{"", nil}, // its metrics
		{"GET_MAINTENANCE_SCHEDULE", map[fault.Kind]bool{fault.MachineScheduled: true}},
		{"GET_MAINTENANCE_STATUS", map[fault.Kind]bool{fault.MachineScheduled: true}},
		{"GET_AGENTS", map[fault.Kind]bool{fault.AgentDeactivated: true, fault.AgentFull: true}},
	} {
		t.Run(test.ask, func(t *testing.T) {
			bubble(t, Options{Private: 1, Faults: faults}, func(t *testing.T, c *Cluster) {
				leave := c.enter()
				lead := c.mesos.leader.name
				leave()
				l := must(t, c, lead)
				defer l.ssh.Close()
				if test.ask == "" {
					l.get("5050", "/metrics/snapshot")
				} else if status, _ := l.v1("5050", test.ask); status != http.StatusOK {
					t.Fatalf("%s: %d", test.ask, status)
				}
				for _, k := range kinds {
					if c.Acted(k) != test.shows[k] {
						t.Errorf("%s: acted: %v", k, c.Acted(k))
					}
				}
			})
		})
	}
}
