package answers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// post sends a call to the operator API.
func (m Master) post(body string) Reply {
	r := httptest.NewRequest(http.MethodPost, "/api/v1", nil)
	r.Header.Set("Content-Type", TypeJSON)
	return m.Answer(r, []byte(body))
}

func TestACallThatCannotBeReadOrdersNothing(t *testing.T) {
	for body, want := range map[string]string{
		`{"type":"DRAIN_AGENT","drain_agent":[]}`:                                                                                            "",
		`{"type":"DRAIN_AGENT","drain_agent":7}`:                                                                                             "Not expecting a JSON number for field 'drain_agent'",
		`{"type":"DRAIN_AGENT","drain_agent":{"agent_id":true}}`:                                                                             "Not expecting a JSON boolean for field 'agent_id'",
		`{"type":"DRAIN_AGENT","drain_agent":{"agent_id":{}}}`:                                                                               "Missing required fields: drain_agent.agent_id.value",
		`{"type":"DRAIN_AGENT","drain_agent":{"agent_id":{"value":"x-S1"},"max_grace_period":{"seconds":"soon"}}}`:                           "soon is not a number",
		`{"type":"START_MAINTENANCE","start_maintenance":{"machines":["a"]}}`:                                                                "Not expecting a JSON string for field 'machines'",
		`{"type":"START_MAINTENANCE","start_maintenance":{"machines":[[]]}}`:                                                                 "Not expecting a JSON array for field 'machines'",
		`{"type":"START_MAINTENANCE","start_maintenance":{"machines":[null]}}`:                                                               "Not expecting a JSON null for field 'machines'",
		`{"type":"UPDATE_MAINTENANCE_SCHEDULE","update_maintenance_schedule":{}}`:                                                            "Missing required fields: update_maintenance_schedule.schedule",
		`{"type":"UPDATE_MAINTENANCE_SCHEDULE","update_maintenance_schedule":{"schedule":{"windows":[{"machine_ids":[{"ip":"1.2.3.4"}]}]}}}`: "windows[0].unavailability",
		`{"type":"MARK_AGENT_GONE"}`:                                                                                                         "Expecting 'mark_agent_gone' to be present",
	} {
		a := leader().post(body)
		if a.Status != http.StatusBadRequest || a.Order != nil || !strings.Contains(string(a.Body), want) {
			t.Errorf("%s: %d %s, order %v; want %q", body, a.Status, a.Body, a.Order, want)
		}
	}
}

func TestAnOrderSaysWhatIsWanted(t *testing.T) {
	a := leader().post(`{"type":"DRAIN_AGENT","drain_agent":{"agent_id":{"value":"x-S1"},"max_grace_period":{"seconds":"90","nanos":5e8},"mark_gone":true}}`)
	want := Drain{State: Draining, MaxGrace: 90*time.Second + 500*time.Millisecond, MarkGone: true}
	if a.Status != http.StatusOK || a.Order == nil || a.Order.Agent != "x-S1" || a.Order.Drain != want {
		t.Errorf("%d %s, %+v", a.Status, a.Body, a.Order)
	}
	m := Maintenance{}.Updated([]Window{window("10.0.0.1", time.Hour), window("10.0.0.2", 0)})
	one, two := MachineID{"10.0.0.1", "10.0.0.1"}, MachineID{"10.0.0.2", "10.0.0.2"}
	down := m.TakenDown([]MachineID{one, two})
	up := down.BroughtUp([]MachineID{one})
	if len(m.Down) != 0 || len(down.Windows) != 2 || len(up.Windows) != 1 || up.IsDown(one) || !up.IsDown(two) || up.Schedules(one) {
		t.Errorf("%+v\n%+v\n%+v", m, down, up) // each is a value of its own
	}
}
