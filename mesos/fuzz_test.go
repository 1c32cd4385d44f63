package mesos

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Laws: what is kept of an answer says the same as the whole answer did; it is
// never longer than its room, nor made of something that was no JSON.
func FuzzThin(f *testing.F) {
	for _, text := range []string{
		`{"type":"GET_AGENTS","get_agents":{"agents":[{"agent_info":{"hostname":"10.0.0.1","id":{"value":"S1"},"resources":[{"a":{"b":[1,2.50e3]}}]},
			"active":true,"deactivated":false,"version":"1.9.1","pid":"slave(1)@10.0.0.1:5051","registered_time":{"nanoseconds":1}}]}}`,
		`{"get_tasks":{"tasks":[{"task_id":{"value":"t\u001b"},"framework_id":{"value":"F"},"agent_id":{"value":"S"},"state":"TASK_RUNNING","statuses":[{},{"reason":"r","x":1}]}]},"type":"GET_TASKS"}`,
		`{"type":"GET_MAINTENANCE_STATUS","get_maintenance_status":{"status":{"draining_machines":[{"id":{"ip":"10.0.0.1"},"statuses":[{"status":"ACCEPT","framework_id":{"value":"F"},"timestamp":{"nanoseconds":5},"x":[1]}]}]}}}`,
		`{"type":"GET_MAINTENANCE_SCHEDULE","get_maintenance_schedule":{"schedule":{"windows":[{"machine_ids":[{"hostname":"a","ip":"10.0.0.1"}],"unavailability":{"start":{"nanoseconds":7}}}]}}}`,
		`{"type":"GET_OPERATIONS","get_operations":{"operations":[{"agent_id":{"value":"S"},"info":{"type":"CREATE_DISK","x":{}},"latest_status":{"state":"OPERATION_PENDING"}}]}}`,
		`{"type":"GET_TASKS","get_tasks":{}}`, `<html>`, ``, `{"type":"GET`, `[[[[`, `{} {}`, `nul`, strings.Repeat("[", 100),
		`{"get_agents":{"agents":[` + strings.Repeat("{},", 2000) + `{}]}}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const room = 4 << 10
		for _, keep := range []shape{agentsShape(), tasksShape(), inverseShape(), scheduleShape(), operationsShape(), nil} {
			kept, err := thin(strings.NewReader(text), keep, room)
			if err != nil {
				if kept != nil {
					t.Fatalf("%q beside %v", kept, err)
				}
				continue
			}
			if len(kept) > room {
				t.Fatalf("%d bytes in a room of %d", len(kept), room)
			}
			if !json.Valid(kept) {
				t.Fatalf("%q became %q", text, kept)
			}
			same(t, text, kept, dcos.ParseGetAgents, keep == nil || keep["get_agents"] != nil)
			same(t, text, kept, dcos.ParseGetTasks, keep == nil || keep["get_tasks"] != nil)
			same(t, text, kept, dcos.ParseInverseAnswers, keep == nil || keep["get_maintenance_status"] != nil)
			same(t, text, kept, dcos.ParseMaintenanceSchedule, keep == nil || keep["get_maintenance_schedule"] != nil)
			same(t, text, kept, dcos.ParseGetOperations, keep == nil || keep["get_operations"] != nil)
		}
	})
}

// same compares what is read of an answer that a decoder takes.
func same[T any](t *testing.T, text string, kept []byte, parse func([]byte) (T, error), meant bool) {
	t.Helper()
	want, err := parse([]byte(text))
	if err != nil || !meant || looseKeys(text) {
		return
	}
	got, err := parse(kept)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%q became %q: %v\n%s", text, kept, err, diff)
	}
}

// looseKeys says that encoding/json may take a key for another that is written
// otherwise ("Type" for "type"). Mesos writes none so; thin takes none.
func looseKeys(text string) bool {
	if strings.Contains(text, `\u`) || strings.ContainsAny(text, "ſK") {
		return true
	}
	lower := strings.ToLower(text)
	for _, key := range []string{
		"type", "get_", "agent", "tasks", "info", "id", "hostname", "active", "version", "drain", "state", "time", "value", "nanoseconds", "name", "status", "reason", "message",
		"schedule", "windows", "machine", "unavailability", "start", "duration", "framework", "stamp", "operations", "latest", "ip", "grace", "gone", "config", "pid",
	} {
		if strings.Count(lower, key) != strings.Count(text, key)+strings.Count(text, strings.ToUpper(key)) {
			return true
		}
	}
	return false
}

func TestAListIsReadWithinItsRoom(t *testing.T) {
	list := `{"type":"GET_TASKS","get_tasks":{"tasks":[` + strings.TrimSuffix(strings.Repeat(`{"state":"s"},`, 1000), ",") + `]}}`
	if _, err := thin(strings.NewReader(list), tasksShape(), 1<<10); err == nil || !strings.Contains(err.Error(), "KiB") {
		t.Errorf("14 kB in a room of 1: %v", err)
	}
	empty := `{"type":"GET_TASKS","get_tasks":{"tasks":[` + strings.Repeat("{},", 1000) + `{}]}}`
	if _, err := thin(strings.NewReader(empty), tasksShape(), 1<<10); err == nil || !strings.Contains(err.Error(), "KiB") {
		t.Errorf("3 kB of brackets in a room of 1: %v", err)
	}
	useless := strings.ReplaceAll(list, "state", "other")
	if kept, err := thin(bytes.NewReader([]byte(useless)), tasksShape(), 8<<10); err != nil || len(kept) > 8<<10 {
		t.Errorf("%d bytes, %v", len(kept), err)
	}
}
