package maintenance_test

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/maintenance"
)

func TestAListSaysOfEachMachineWhatIsKnownOfIt(t *testing.T) {
	capitals := dcos.Machine{Hostname: "A1.TEST", IP: "10.0.0.1"}
	s := maintenance.State{
		Schedule: maintenance.Schedule{window(22, capitals, a("2")).Scheduled(), foreign(t, `{"hostname":"a3.test"}`)},
		Down:     []dcos.Machine{a("2")},
		Agents:   dcos.Agents{Registered: []dcos.Agent{{Hostname: "a1.test", IP: "10.0.0.1"}, {Hostname: "a3.test", IP: "10.0.0.3"}}},
		Answers: []dcos.InverseAnswer{
			{Machine: a("1"), FrameworkID: "F2", Status: "DECLINE"}, {Machine: a("1"), FrameworkID: "F1", Status: "ACCEPT"}, {Machine: a("3"), FrameworkID: "F1", Status: "ACCEPT"},
		},
		Frameworks: []dcos.Framework{{ID: "F1", Name: "marathon"}},
	}
	list := s.List(func(m dcos.Machine) string { return m.IP[max(0, len(m.IP)-1):] })
	if len(list) != 2 || len(list[0].Entries) != 2 || len(list[1].Entries) != 1 {
		t.Fatalf("%+v", list)
	}
	one, two, three := list[0].Entries[0], list[0].Entries[1], list[1].Entries[0]
	if one.Node != "1" || one.Down || !one.Registered || len(one.Answers) != 2 || one.Answers[0].Framework != "F2" || one.Answers[1].Framework != "marathon" {
		t.Errorf("%+v", one)
	}
	if !two.Down || two.Registered || len(two.Answers) != 0 {
		t.Errorf("%+v", two)
	}
	if three.Node != "" || three.Registered || len(three.Answers) != 0 {
		t.Errorf("a machine without ip is no agent's: %+v", three)
	}
}
