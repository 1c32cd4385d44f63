package maintenance_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/maintenance"
)

func TestEveryRuleNamesMachineAndField(t *testing.T) {
	now := at(12)
	agents := dcos.Agents{
		Registered: []dcos.Agent{{Hostname: "a1.test", IP: "10.0.0.1"}, {Hostname: "a2.test", IP: "10.0.0.2"}, {Hostname: "a3.test", IP: "10.0.0.3"}},
		Recovered:  []dcos.Agent{{Hostname: "a4.test"}},
	}
	s := maintenance.Schedule{foreign(t, `{"hostname":"a3.test","ip":"10.0.0.3"}`), foreign(t, `{"hostname":"a5.test"}`), window(20, a("1")).Scheduled()}
	facts := maintenance.Facts{Now: now, Agents: agents, Down: []dcos.Machine{a("1")}}
	length := func(d time.Duration) dcos.MaintenanceWindow {
		return dcos.MaintenanceWindow{Machines: []dcos.Machine{a("2")}, Start: at(22), Duration: d}
	}
	begins := func(start time.Time) dcos.MaintenanceWindow {
		return dcos.MaintenanceWindow{Machines: []dcos.Machine{a("2")}, Start: start, Duration: time.Hour}
	}
	named := func(hostname, ip string) dcos.MaintenanceWindow {
		return window(22, dcos.Machine{Hostname: hostname, IP: ip})
	}
	add := func(w ...dcos.MaintenanceWindow) maintenance.Change { return maintenance.Change{Add: w} }
	cancel := func(w ...dcos.MaintenanceWindow) maintenance.Change { return maintenance.Change{Cancel: w} }
	for name, test := range map[string]struct {
		change maintenance.Change
		is     error
		want   string // in the error; of a change that is allowed, in the warnings
	}{
		"a window as it should be":           {add(window(22, a("2"))), nil, ""},
		"a hostname in capitals":             {add(named("A2.TEST", "10.0.0.2")), nil, ""},
		"a window that is open now":          {add(begins(now.Add(-time.Minute))), nil, ""},
		"overlapping, of different machines": {add(window(22, a("2")), dcos.MaintenanceWindow{Machines: []dcos.Machine{a("9")}, Start: at(22), Duration: time.Hour}), nil, "machine a9.test (10.0.0.9): machine_ids: no agent has registered"},
		"no machine":                         {add(window(22)), maintenance.ErrNoMachines, "window from 2026-12-01 22:00 UTC for 1h0m0s: machine_ids: names no machine"},
		"neither hostname nor ip":            {add(named("", "")), maintenance.ErrNoName, "machine_ids: a machine has neither"},
		"hostname without ip":                {add(named("a2.test", "")), maintenance.ErrNoName, "machine a2.test: ip: is missing, and an agent announces a2.test (10.0.0.2)"},
		"ip without hostname":                {add(named("", "10.0.0.2")), maintenance.ErrNoName, "machine 10.0.0.2: hostname: is missing, and an agent announces a2.test (10.0.0.2)"},
		"another ip":                         {add(named("a2.test", "10.0.0.7")), maintenance.ErrAnnounced, "machine a2.test (10.0.0.7): ip: is 10.0.0.7, but the agent with this hostname announces 10.0.0.2"},
		"another hostname":                   {add(named("x.test", "10.0.0.2")), maintenance.ErrAnnounced, "machine x.test (10.0.0.2): hostname: is x.test, but the agent with this ip announces a2.test"},
		"the address as hostname":            {add(named("10.0.0.2", "10.0.0.2")), maintenance.ErrAnnounced, "machine 10.0.0.2: hostname: is 10.0.0.2"},
		"two agents mixed up":                {add(named("a1.test", "10.0.0.2")), maintenance.ErrAnnounced, "hostname: is a1.test, but the agent with this ip announces a2.test"},
		"IPv6":                               {add(named("a2.test", "fd00::2")), maintenance.ErrIP, `ip: is "fd00::2", want an IPv4 address`},
		"no address at all":                  {add(named("a2.test", "300.1.1.1")), maintenance.ErrIP, `ip: is "300.1.1.1"`},
		"a machine twice":                    {add(window(22, a("2"), a("2"))), maintenance.ErrDuplicate, "machine a2.test (10.0.0.2): machine_ids: is named twice"},
		"a machine twice, in another case":   {add(window(22, a("2")), window(23, dcos.Machine{Hostname: "A2.Test", IP: "10.0.0.2"})), maintenance.ErrDuplicate, "is named twice"},
		"a machine in a foreign window":      {add(window(22, a("3"))), maintenance.ErrScheduled, "machine a3.test (10.0.0.3): machine_ids: is in a window of somebody else already, from 1970-01-01 00:00 UTC for 1m0s"},
		"no duration":                        {add(length(0)), maintenance.ErrDuration, "window from 2026-12-01 22:00 UTC, no end planned: duration: is missing"},
		"a negative duration":                {add(length(-time.Hour)), maintenance.ErrDuration, "duration: is -1h0m0s"},
		"nanoseconds meant as seconds":       {add(length(3600)), maintenance.ErrUnit, "duration: is 3.6µs, want at least 1m0s"},
		"a duration of years":                {add(length(9000 * time.Hour)), maintenance.ErrUnit, "duration: is 9000h0m0s, want at most"},
		"a window that has ended":            {add(begins(now.Add(-time.Hour))), maintenance.ErrOver, "start: the window ended at 2026-12-01 12:00:00 UTC, and it is 2026-12-01 12:00:00 UTC"},
		"a start of one nanosecond":          {add(begins(time.Unix(0, 1))), maintenance.ErrUnit, "start: is 1970-01-01 00:00:00 UTC, long ago"},
		"a start in years":                   {add(begins(time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC))), maintenance.ErrUnit, "start: is 2300-01-01 00:00:00 UTC, more than a year away"},
		"a machine that is DOWN":             {maintenance.Change{Cancel: []dcos.MaintenanceWindow{window(20, a("1"))}, Add: []dcos.MaintenanceWindow{window(22, a("1"))}}, maintenance.ErrDown, "machine a1.test (10.0.0.1): machine_ids: is DOWN"},
		"cancelled while it is DOWN":         {cancel(window(20, a("1"))), maintenance.ErrDown, "machine a1.test (10.0.0.1): machine_ids: is DOWN at the leading master: its window stays"},
		"cancelled, and taken by others":     {cancel(window(20, a("3"))), nil, "machine a3.test (10.0.0.3): machine_ids: is now in a window of somebody else"},
		"cancelled before":                   {cancel(window(20, a("2"))), nil, ""},
		"a machine that is not registered":   {add(window(22, a("9"))), nil, "machine a9.test (10.0.0.9): machine_ids: no agent has registered from it"},
		"an agent that has not come back":    {add(window(22, a("4"))), nil, "machine a4.test (10.0.0.4): ip: cannot be compared"},
		"foreign by hostname alone":          {add(named("10.0.0.8", "10.0.0.8")), nil, "no agent has registered"},
	} {
		warnings, err := s.Check(test.change, facts)
		var text string
		for _, w := range warnings {
			text += w.String()
		}
		if err != nil {
			text = err.Error()
		}
		if !errors.Is(err, test.is) || (err == nil) != (test.is == nil) || !strings.Contains(text, test.want) || test.want == "" && text != "" {
			t.Errorf("%s:\n%v; warnings %v\nwant %s", name, err, warnings, test.want)
		}
	}
}

func TestAMachineOfAForeignWindowIsMeantByItsHostnameToo(t *testing.T) {
	s := maintenance.Schedule{foreign(t, `{"hostname":"10.0.0.8"}`)}
	_, err := s.Check(maintenance.Change{Add: []dcos.MaintenanceWindow{window(22, dcos.Machine{Hostname: "10.0.0.8", IP: "10.0.0.8"})}}, maintenance.Facts{Now: at(12)})
	if !errors.Is(err, maintenance.ErrScheduled) {
		t.Error(err)
	}
}

func TestAllProblemsOfAChangeAreSaidAtOnce(t *testing.T) {
	bad := dcos.MaintenanceWindow{Machines: []dcos.Machine{{Hostname: "a1.test"}, {}}, Start: at(22)}
	_, err := maintenance.Schedule{}.Check(maintenance.Change{Add: []dcos.MaintenanceWindow{bad}}, maintenance.Facts{Now: at(12)})
	var refused *maintenance.RefusedError
	if !errors.As(err, &refused) || len(refused.Problems) != 3 {
		t.Fatal(err)
	}
	var fields []string
	for _, p := range refused.Problems {
		fields = append(fields, p.Field)
	}
	if want := []string{"duration", "ip", "machine_ids"}; !slices.Equal(fields, want) {
		t.Errorf("%v, want %v", fields, want)
	}
}
