package mesos

import (
	"strings"
	"testing"
)

// BenchmarkThin reads the tasks of a large cluster as Mesos sends them.
func BenchmarkThin(b *testing.B) {
	one := `{"task_id":{"value":"web.5d0b4c6e-aaaa-11eb-b1f4-02428e3c9f5d"},"name":"web","framework_id":{"value":"3f0c1e2a-0001"},"agent_id":{"value":"3f0c1e2a-S41"},"state":"TASK_RUNNING",` +
		`"resources":[` + strings.TrimSuffix(strings.Repeat(`{"name":"cpus","type":"SCALAR","scalar":{"value":0.1},"allocation_info":{"role":"slave_public"}},`, 8), ",") + `],` +
		`"statuses":[{"state":"TASK_RUNNING","timestamp":1795294060.1,"container_status":{"network_infos":[{"ip_addresses":[{"ip_address":"10.0.0.1"}]}]}}]},`
	text := `{"type":"GET_TASKS","get_tasks":{"tasks":[` + strings.TrimSuffix(strings.Repeat(one, 8<<20/len(one)), ",") + `]}}`
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := thin(strings.NewReader(text), tasksShape(), 64<<20); err != nil {
			b.Fatal(err)
		}
	}
}
