package dcos_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestTheKnownIssuesAreWholeAndConcernTheirVersions(t *testing.T) {
	all, err := dcos.KnownIssues()
	if err != nil || len(all) < 10 {
		t.Fatalf("%d issues, %v", len(all), err)
	}
	for _, c := range []struct {
		name     string
		from, to dcos.Version
		has, not string
	}{
		{"to a release whose bootstrap waits for all masters", "2.0.4", "2.0.5", "COPS-1754", "COPS-5602"},
		{"to the one that has it repaired", "2.0.5", "2.0.6", "COPS-6512", "COPS-1754"},
		{"across the data of dcos-net", "1.13.9", "2.0.3", "COPS-5602", "COPS-6635"},
		{"beyond them", "1.13.9", "2.0.4", "MARATHON-8712", "COPS-5602"},
		{"to 2.2.0", "2.1.1", "2.2.0", "COPS-6635", "COPS-1754"},
		{"within 2.2", "2.2.0", "2.2.1", "mesos-agent-recovery", "COPS-6512"},
		{"between versions that cannot be read", "x", "y", "mesos-agent-recovery", "COPS-1754"},
	} {
		t.Run(c.name, func(t *testing.T) {
			concerns := func(id string) bool {
				return slices.ContainsFunc(all, func(k dcos.KnownIssue) bool { return k.ID == id && k.Concerns(c.from, c.to) })
			}
			if !concerns(c.has) || concerns(c.not) {
				t.Errorf("%s: %v, %s: %v", c.has, concerns(c.has), c.not, concerns(c.not))
			}
		})
	}
}

func TestKnownIssuesAreReadStrictly(t *testing.T) {
	const rest = `"symptom": "s", "remedy": "r", "source": "x"`
	for _, c := range []struct{ name, text, says string }{
		{"an unknown field", `[{"id": "a", "colour": "red", ` + rest + `}]`, "colour"},
		{"a missing source", `[{"id": "a", "to": [{"below": "2.0.0"}], "symptom": "s", "remedy": "r"}]`, "source"},
		{"an empty range", `[{"id": "a", "to": [{}], ` + rest + `}]`, "range"},
		{"a range the wrong way round", `[{"id": "a", "to": [{"from": "2.1.0", "below": "2.0.0"}], ` + rest + `}]`, "range"},
		{"a version that is none", `[{"id": "a", "to": [{"below": "two"}], ` + rest + `}]`, "two"},
		{"an id said twice", `[{"id": "a", "to": [{"below": "2.0.0"}], ` + rest + `}, {"id": "a", "to": [{"below": "2.0.0"}], ` + rest + `}]`, "twice"},
		{"units without a gate", `[{"id": "a", "units": ["x"], "to": [{"below": "2.0.0"}], ` + rest + `}]`, "belong together"},
		{"one that would always be shown", `[{"id": "a", ` + rest + `}]`, "every plan"},
		{"a role that does not exist", `[{"id": "a", "roles": ["cook"], ` + rest + `}]`, "cook"},
		{"a field said twice", `[{"id": "a", "to": [{"below": "2.0.0"}], "symptom": "t", ` + rest + `}]`, "symptom"},
		{"a second list", "[]\n---\n[]", "follows"},
		{"text behind the list", `[] []`, "follows"},
		{"nothing", "# nothing", "EOF"},
		{"a text where a list belongs", "id: a", "cannot unmarshal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := dcos.ParseKnownIssues([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.says) || got != nil {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestAnIssueIsWrittenAsPeopleWriteYAML(t *testing.T) {
	got, err := dcos.ParseKnownIssues([]byte(`# a comment
- id: X-1
  from: [{from: 2.0, below: 2.0.10}] # not 2.0.1
  roles: [private]
  gates: [units]
  units: [dcos-net.service]
  symptom: it's slow
  remedy: 'wait: it ends'
  source: X-1
`))
	if err != nil || len(got) != 1 || got[0].From[0].Below != "2.0.10" || got[0].Remedy != "wait: it ends" || got[0].Roles[0] != dcos.PrivateAgent {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAnIssueExplainsItsUnitsAtItsGateOnItsNodes(t *testing.T) {
	k := dcos.KnownIssue{Gates: []string{"units"}, Units: []string{"dcos-telegraf.socket"}, Roles: []dcos.Role{dcos.PrivateAgent}}
	for _, c := range []struct {
		gate, unit string
		role       dcos.Role
		want       bool
	}{
		{"units", "dcos-telegraf.socket", dcos.PrivateAgent, true}, {"units", "dcos-telegraf.socket", dcos.Master, false},
		{"units", "dcos-net.service", dcos.PrivateAgent, false}, {"registered", "dcos-telegraf.socket", dcos.PrivateAgent, false},
	} {
		if got := k.Explains(c.gate, c.unit, c.role); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
