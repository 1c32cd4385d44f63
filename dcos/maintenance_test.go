package dcos_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestMaintenanceIsReadAsMesosTellsIt(t *testing.T) {
	s, err := dcos.ParseMaintenanceStatus(body(t, "193"))
	if err != nil || len(s.Draining) != 3 || s.Draining[0] != (dcos.Machine{Hostname: "agent2.test", IP: "127.0.1.2"}) || len(s.Down) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	s, err = dcos.ParseMaintenanceStatus(body(t, "240"))
	if err != nil || len(s.Down) != 1 || !s.Down[0].Is("127.0.1.2") || len(s.Draining) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err = dcos.ParseMaintenanceStatus(body(t, "099")); err != nil || len(s.Down)+len(s.Draining) != 0 {
		t.Errorf("nothing scheduled: %+v, %v", s, err)
	}
	w, err := dcos.ParseMaintenanceSchedule(body(t, "194"))
	if err != nil || len(w) != 2 || len(w[0].Machines) != 2 || !w[0].Machines[1].Is("127.0.1.2") || w[0].Duration != time.Hour || w[0].Start.UnixNano() != 1795294091596111616 {
		t.Errorf("%+v, %v", w, err)
	}
	if w, err = dcos.ParseMaintenanceSchedule(body(t, "100")); err != nil || len(w) != 0 {
		t.Errorf("nothing scheduled: %+v, %v", w, err)
	}
}

func TestAMachineIsMeantByEitherOfItsNames(t *testing.T) {
	for m, want := range map[dcos.Machine]bool{
		{IP: "10.0.1.37"}:                               true,
		{Hostname: "10.0.1.37"}:                         true,
		{Hostname: "a037.example.com", IP: "10.0.1.37"}: true,
		{Hostname: "10.0.1.37", IP: "10.0.1.7"}:         true,
		{Hostname: "a037.example.com", IP: "10.0.1.7"}:  false,
		{}: false,
	} {
		if m.Is("10.0.1.37") != want {
			t.Errorf("%+v: %t", m, !want)
		}
	}
	if (dcos.Machine{}).Is("") {
		t.Error("no machine is a node without an address")
	}
}

func TestAMaintenanceAnswerThatLacksSomethingIsAnError(t *testing.T) {
	schedule := func(window string) string {
		return `{"type":"GET_MAINTENANCE_SCHEDULE","get_maintenance_schedule":{"schedule":{"windows":[` + window + `]}}}`
	}
	for text, want := range map[string]string{
		`{"type":"GET_MAINTENANCE_SCHEDULE","get_maintenance_schedule":{}}`:                                         "field schedule is missing",
		schedule(`{"machine_ids":[{}],"unavailability":{"start":{"nanoseconds":1}}}`):                               "machine_ids[0] names no machine",
		schedule(`{"machine_ids":[{"ip":"10.0.0.1"}]}`):                                                             "unavailability is missing",
		schedule(`{"machine_ids":[{"ip":"10.0.0.1"}],"unavailability":{"duration":{"nanoseconds":1}}}`):             "unavailability.start is missing",
		schedule(`{"machine_ids":[],"unavailability":{"start":{"nanoseconds":1},"duration":{"nanoseconds":-1}}}`):   "a duration of -1ns",
		`{"type":"GET_MAINTENANCE_STATUS","get_maintenance_status":{}}`:                                             "field status is missing",
		`{"type":"GET_MAINTENANCE_STATUS","get_maintenance_status":{"status":{"draining_machines":[{}]}}}`:          "draining_machines[0].id names no machine",
		`{"type":"GET_MAINTENANCE_STATUS","get_maintenance_status":{"status":{"down_machines":[{"hostname":""}]}}}`: "down_machines[0] names no machine",
	} {
		_, err := dcos.ParseMaintenanceSchedule([]byte(text))
		if strings.Contains(text, "STATUS") {
			_, err = dcos.ParseMaintenanceStatus([]byte(text))
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v, want %s", text, err, want)
		}
	}
	open := dcos.MaintenanceWindow{Start: time.Date(2026, 12, 1, 22, 0, 0, 0, time.UTC)}
	if got := open.String(); got != "from 2026-12-01 22:00 UTC, no end planned" {
		t.Error(got)
	}
}

// A schedule is posted as a whole, so that windows of others must go back as they came.
func TestAScheduleKeepsTheTextOfEachWindow(t *testing.T) {
	schedule, err := dcos.ParseSchedule(body(t, "194"))
	if err != nil || len(schedule) != 2 {
		t.Fatalf("%v, %v", schedule, err)
	}
	var whole []string
	for _, w := range schedule {
		whole = append(whole, w.Text)
		if again := w.Scheduled(); again.Text != w.Text {
			t.Errorf("written again: %s\nwas %s", again.Text, w.Text)
		}
	}
	var sent bytes.Buffer
	if err := json.Compact(&sent, body(t, "194")); err != nil {
		t.Fatal(err)
	}
	if list := "[" + strings.Join(whole, ",") + "]"; !strings.Contains(sent.String(), list) {
		t.Errorf("%s is not what the master wrote", list)
	}
	foreign := `{"unavailability":{"duration":{"nanoseconds":0},"start":{"nanoseconds":7}},"machine_ids":[{"hostname":"A"}]}`
	schedule, err = dcos.ParseSchedule([]byte(`{"type":"GET_MAINTENANCE_SCHEDULE","get_maintenance_schedule":{"schedule":{"windows":[ ` + foreign + ` ]}}}`))
	if err != nil || len(schedule) != 1 || schedule[0].Text != foreign {
		t.Errorf("%v, %v", schedule, err)
	}
	open := dcos.MaintenanceWindow{Machines: []dcos.Machine{{IP: "10.0.0.1"}}, Start: time.Unix(0, 5)}
	if got := open.Scheduled().Text; got != `{"machine_ids":[{"ip":"10.0.0.1"}],"unavailability":{"start":{"nanoseconds":5}}}` {
		t.Error(got)
	}
}

func TestWhatFrameworksAnswerAboutMaintenanceIsRead(t *testing.T) {
	all, err := dcos.ParseInverseAnswers(body(t, "193"))
	if err != nil || len(all) != 6 || all[0].Status != "ACCEPT" || all[1].Status != "DECLINE" || all[0].Machine.Hostname != "agent2.test" || all[0].At.UnixNano() != 1795294094446806016 {
		t.Errorf("%+v, %v", all, err)
	}
	for _, statuses := range []string{`{"framework_id":{"value":"F"}}`, `{"status":"ACCEPT"}`} {
		text := `{"type":"GET_MAINTENANCE_STATUS","get_maintenance_status":{"status":{"draining_machines":[{"id":{"ip":"10.0.0.1"},"statuses":[` + statuses + `]}]}}}`
		if all, err := dcos.ParseInverseAnswers([]byte(text)); err == nil {
			t.Errorf("%s: %+v", statuses, all)
		}
	}
}

func TestOperationsAndQuotasAreRead(t *testing.T) {
	ops, err := dcos.ParseGetOperations([]byte(`{"type":"GET_OPERATIONS","get_operations":{"operations":[
		{"framework_id":{"value":"F"},"agent_id":{"value":"S"},"info":{"id":{"value":"o1"},"type":"CREATE_DISK"},"latest_status":{"state":"OPERATION_PENDING"}},
		{"info":{"type":"RESERVE"},"latest_status":{"state":"OPERATION_FINISHED"}}]}}`))
	if err != nil || len(ops) != 2 || ops[0] != (dcos.Operation{ID: "o1", AgentID: "S", Type: "CREATE_DISK", State: "OPERATION_PENDING"}) || ops[0].Ended() || !ops[1].Ended() {
		t.Errorf("%+v, %v", ops, err)
	}
	if _, err := dcos.ParseGetOperations([]byte(`{"type":"GET_OPERATIONS","get_operations":{"operations":[{}]}}`)); err == nil {
		t.Error("an operation without a state")
	}
	quotas, err := dcos.ParseGetQuota([]byte(`{"type":"GET_QUOTA","get_quota":{"status":{
		"infos":[{"role":"old","guarantee":[{"name":"cpus","type":"SCALAR","scalar":{"value":2}}]},{"role":"new","guarantee":[]}],
		"configs":[{"role":"new","guarantees":{"cpus":{"value":1}},"limits":{"cpus":{"value":4},"mem":{"value":512}}}]}}}`))
	if err != nil || len(quotas) != 2 || quotas[0].Role != "new" || quotas[0].Limits["mem"] != 512 || quotas[0].Guarantees["cpus"] != 1 || quotas[1].Guarantees["cpus"] != 2 {
		t.Errorf("%+v, %v", quotas, err)
	}
	quotas, err = dcos.ParseGetQuota([]byte(`{"type":"GET_QUOTA","get_quota":{"status":{"infos":[{"configs":[{"role":"dev","limits":{"cpus":{"value":2}}}]}]}}}`))
	if err != nil || len(quotas) != 1 || quotas[0].Role != "dev" || quotas[0].Limits["cpus"] != 2 {
		t.Errorf("%+v, %v", quotas, err)
	}
	for _, text := range []string{`{"type":"GET_QUOTA","get_quota":{}}`, `{"type":"GET_QUOTA","get_quota":{"status":{"infos":[{}]}}}`} {
		if quotas, err := dcos.ParseGetQuota([]byte(text)); err == nil {
			t.Errorf("%s: %+v", text, quotas)
		}
	}
}
