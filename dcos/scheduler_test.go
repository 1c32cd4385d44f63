package dcos_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestEventsOfAFrameworkAreRead(t *testing.T) {
	for _, c := range []struct {
		text string
		want dcos.SchedulerEvent
	}{
		{`{"type":"HEARTBEAT"}`, dcos.SchedulerEvent{Type: "HEARTBEAT"}},
		{`{"type":"SUBSCRIBED","subscribed":{"framework_id":{"value":"F"},"heartbeat_interval_seconds":15.0,"master_info":{"id":"x"}}}`,
			dcos.SchedulerEvent{Type: dcos.EventSubscribed, FrameworkID: "F", Heartbeat: 15 * time.Second}},
		{`{"type":"SUBSCRIBED","subscribed":{"framework_id":{"value":"F"},"heartbeat_interval_seconds":-1}}`,
			dcos.SchedulerEvent{Type: dcos.EventSubscribed, FrameworkID: "F"}},
		{`{"type":"RESCIND","rescind":{"offer_id":{"value":"O90"}}}`, dcos.SchedulerEvent{Type: dcos.EventRescind, Rescinded: "O90"}},
		{`{"type":"ERROR","error":{"message":"Framework has been removed"}}`, dcos.SchedulerEvent{Type: dcos.EventError, Message: "Framework has been removed"}},
		{`{"type":"UPDATE","update":{"status":{"task_id":{"value":"t"},"state":"TASK_LOST","source":"SOURCE_MASTER","reason":"REASON_INVALID_OFFERS","message":"m","timestamp":1.5}}}`,
			dcos.SchedulerEvent{Type: dcos.EventUpdate, Update: dcos.TaskUpdate{TaskID: "t", State: "TASK_LOST", Source: "SOURCE_MASTER", Reason: "REASON_INVALID_OFFERS", Message: "m"}}},
		{`{"type":"INVERSE_OFFERS","inverse_offers":{"inverse_offers":[]},"offers":{"offers":[{"id":{"value":"O"},"agent_id":{"value":"S"}}]}}`, dcos.SchedulerEvent{Type: "INVERSE_OFFERS"}},
	} {
		got, err := dcos.ParseSchedulerEvent([]byte(c.text))
		if err != nil || !cmp.Equal(got, c.want, cmp.AllowUnexported(dcos.Offer{})) {
			t.Errorf("%s: %+v, %v", c.text, got, err)
		}
	}
}

func TestAnEventThatLacksWhatItMustSayIsRefused(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{`{}`, "field type is missing"},
		{`{"type":"SUBSCRIBED"}`, "framework_id"},
		{`{"type":"RESCIND","rescind":{}}`, "offer_id"},
		{`{"type":"UPDATE","update":{}}`, "status"},
		{`{"type":"UPDATE","update":{"status":{"state":"TASK_RUNNING"}}}`, "task_id"},
		{`{"type":"UPDATE","update":{"status":{"task_id":{"value":"t"}}}}`, "state"},
		{`{"type":"OFFERS","offers":{"offers":[{"agent_id":{"value":"S"}}]}}`, "offers[0]: field id"},
		{`{"type":"OFFERS","offers":{"offers":[{"id":{"value":"O"}}]}}`, "offers[0]: field agent_id"},
		{`<html><title>Log in</title></html>`, "Log in"},
	} {
		if _, err := dcos.ParseSchedulerEvent([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.text, err, c.says)
		}
	}
}

// offered reads one offer of these resources.
func offered(t *testing.T, resources string) dcos.Offer {
	t.Helper()
	e, err := dcos.ParseSchedulerEvent([]byte(`{"type":"OFFERS","offers":{"offers":[{"id":{"value":"O"},"agent_id":{"value":"S"},"resources":[` + resources + `]}]}}`))
	if err != nil || len(e.Offers) != 1 {
		t.Fatal(e, err)
	}
	return e.Offers[0]
}

func TestWhatIsTakenOfAnOfferKeepsItsReservationAndAllocation(t *testing.T) {
	const reserved = `"reservations":[{"type":"STATIC","role":"slave_public"}],"allocation_info":{"role":"slave_public"}`
	o := offered(t, `{"name":"cpus","type":"SCALAR","scalar":{"value":4.0},"revocable":{}},
		{"name":"cpus","type":"SCALAR","scalar":{"value":0.005},"role":"*"},
		{"name":"cpus","type":"SCALAR","scalar":{"value":2.5},`+reserved+`},
		{"name":"mem","type":"SCALAR","scalar":{"value":64},"disk":{"persistence":{"id":"x"}}},
		{"name":"mem","type":"SCALAR","scalar":{"value":32},`+reserved+`}`)
	parts, enough := o.Carve(0.01, 32)
	if !enough || len(parts) != 2 {
		t.Fatal(parts, enough)
	}
	for i, want := range []string{
		`{"name":"cpus","type":"SCALAR","scalar":{"value":0.01},` + reserved + `}`,
		`{"name":"mem","type":"SCALAR","scalar":{"value":32},` + reserved + `}`,
	} {
		var a, b any
		if json.Unmarshal(parts[i], &a) != nil || json.Unmarshal([]byte(want), &b) != nil || !cmp.Equal(a, b) {
			t.Errorf("%s, want %s", parts[i], want)
		}
	}
}

func TestAnOfferWithTooLittleGivesNothing(t *testing.T) {
	for _, resources := range []string{
		``, `{"name":"cpus","scalar":{"value":4}}`, `{"name":"cpus","scalar":{"value":4}},{"name":"mem","scalar":{"value":31.9}}`,
		`{"name":"cpus","scalar":{"value":0.005}},{"name":"cpus","scalar":{"value":0.005}},{"name":"mem","scalar":{"value":64}}`, // of one, not of two
		`{"name":"cpus","scalar":{"value":4},"revocable":{}},{"name":"mem","scalar":{"value":64}}`,
	} {
		if parts, enough := offered(t, resources).Carve(0.01, 32); enough || parts != nil {
			t.Errorf("%s: %s", resources, parts)
		}
	}
}

func TestRoomIsWhatARoleMayUse(t *testing.T) {
	text := func(agent string) []byte {
		return []byte(`{"type":"GET_AGENTS","get_agents":{"agents":[{"agent_info":{"id":{"value":"S0"}}},{"agent_info":{"id":{"value":"S1"}},` + agent + `}]}}`)
	}
	room, err := dcos.ParseRoom(text(`"total_resources":[
		{"name":"cpus","scalar":{"value":2},"role":"*"},{"name":"cpus","scalar":{"value":1},"role":"slave_public"},{"name":"cpus","scalar":{"value":8},"role":"kafka"},
		{"name":"cpus","scalar":{"value":16},"role":"*","revocable":{}},{"name":"mem","scalar":{"value":64},"reservations":[{"role":"slave_public"}]}],
		"allocated_resources":[{"name":"cpus","scalar":{"value":2.5},"role":"slave_public"}],"offered_resources":[{"name":"mem","scalar":{"value":64},"role":"slave_public"}]`), "S1", "slave_public")
	want := dcos.Room{CPUs: dcos.Amount{Total: 3, Allocated: 2.5}, Mem: dcos.Amount{Total: 64, Offered: 64}}
	if err != nil || room != want || !room.Holds(0.5, 64) || room.Holds(0.6, 1) {
		t.Errorf("%+v, %v", room, err)
	}
	for says, agent := range map[string]string{
		"total_resources of cpus": `"active":true`, "total_resources of mem": `"total_resources":[{"name":"cpus","scalar":{"value":1}}]`, "a list is wanted": `"total_resources":7`,
	} {
		if _, err := dcos.ParseRoom(text(agent), "S1", "*"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", agent, err, says)
		}
	}
	if _, err := dcos.ParseRoom(text(`"total_resources":[]`), "S2", "*"); err == nil {
		t.Error("an agent that is not listed has room, or none")
	}
}

// Law: an event that was read is cut off by taking away its last byte that
// counts; and whatever an offer says, what is taken of it is of it: as much as
// was asked for, of a resource that has as much.
func FuzzParseSchedulerEvent(f *testing.F) {
	f.Add(`{"type":"OFFERS","offers":{"offers":[{"id":{"value":"O"},"agent_id":{"value":"S"},"resources":[{"name":"cpus","scalar":{"value":4.0},"role":"r"},{"name":"mem","scalar":{"value":64}}]}]}}`)
	f.Add(`{"type":"UPDATE","update":{"status":{"task_id":{"value":"t"},"state":"TASK_RUNNING","uuid":"YQ=="}}}`)
	f.Add(`{"type":"OFFERS","offers":{"offers":[{"id":{"value":"O"},"agent_id":{"value":"S"},"resources":[{"name":"cpus","scalar":{"value":1e400}},{"name":"mem","scalar":null,"Scalar":{"value":64}}]}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := dcos.ParseSchedulerEvent([]byte(text))
		if err != nil {
			if !cmp.Equal(e, dcos.SchedulerEvent{}, cmp.AllowUnexported(dcos.Offer{})) {
				t.Fatalf("%+v beside %v", e, err)
			}
			return
		}
		cutOff(t, text, func(b []byte) error { _, err := dcos.ParseSchedulerEvent(b); return err })
		for _, o := range e.Offers {
			if o.ID == "" || o.AgentID == "" {
				t.Fatalf("an offer with a hole: %+v", o)
			}
			parts, enough := o.Carve(0.01, 32)
			if !enough {
				continue
			}
			for i, want := range []struct {
				name   string
				amount float64
			}{{"cpus", 0.01}, {"mem", 32}} {
				var r struct {
					Name   string `json:"name"`
					Scalar struct {
						Value float64 `json:"value"`
					} `json:"scalar"`
				}
				if err := json.Unmarshal(parts[i], &r); err != nil || r.Name != want.name || r.Scalar.Value != want.amount {
					t.Fatalf("%s taken of %s: %v", parts[i], text, err)
				}
			}
		}
	})
}

// Law: an answer that was read is cut off by taking away its last byte that
// counts; no framework is without an id, and nothing is read twice.
func FuzzParseGetFrameworks(f *testing.F) {
	f.Add(`{"type":"GET_FRAMEWORKS","get_frameworks":{"frameworks":[{"framework_info":{"id":{"value":"F"},"name":"n"},"active":true},{"framework_info":{"id":{"value":"G"}}}],"completed_frameworks":[{}]}}`)
	f.Add(`{"type":"GET_FRAMEWORKS","get_frameworks":{}}`)
	f.Fuzz(func(t *testing.T, text string) {
		all, err := dcos.ParseGetFrameworks([]byte(text))
		if err != nil {
			if all != nil {
				t.Fatalf("%+v beside %v", all, err)
			}
			return
		}
		cutOff(t, text, func(b []byte) error { _, err := dcos.ParseGetFrameworks(b); return err })
		for _, one := range all {
			if one.ID == "" {
				t.Fatalf("a framework without an id: %+v", all)
			}
		}
	})
}

// Law: an answer that was read is cut off by taking away its last byte that
// counts; and what a role that nothing is reserved to may use is a part of what
// any other may.
func FuzzParseRoom(f *testing.F) {
	f.Add(`{"type":"GET_AGENTS","get_agents":{"agents":[{"agent_info":{"id":{"value":"S1"}},"total_resources":[{"name":"cpus","scalar":{"value":4},"role":"*"},{"name":"mem","scalar":{"value":64},"role":"r"}],"allocated_resources":[{"name":"mem","scalar":{"value":1}}]}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		reserved, err := dcos.ParseRoom([]byte(text), "S1", "r")
		if err != nil {
			if reserved != (dcos.Room{}) {
				t.Fatalf("%+v beside %v", reserved, err)
			}
			return
		}
		cutOff(t, text, func(b []byte) error { _, err := dcos.ParseRoom(b, "S1", "r"); return err })
		nobody, err := dcos.ParseRoom([]byte(text), "S1", "nobody's")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, "-") || strings.Contains(text, "nobody") { // amounts below nothing, which Mesos does not have
			return
		}
		for _, a := range [][2]float64{
			{nobody.CPUs.Total, reserved.CPUs.Total}, {nobody.CPUs.Allocated, reserved.CPUs.Allocated}, {nobody.CPUs.Offered, reserved.CPUs.Offered},
			{nobody.Mem.Total, reserved.Mem.Total}, {nobody.Mem.Allocated, reserved.Mem.Allocated}, {nobody.Mem.Offered, reserved.Mem.Offered},
		} {
			if a[0] > a[1]*(1+1e-9) {
				t.Fatalf("a role without reservations: %+v, with: %+v", nobody, reserved)
			}
		}
	})
}
