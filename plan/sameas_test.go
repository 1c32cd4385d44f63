package plan

import (
	"reflect"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

func look() Observation {
	return Observation{
		Green:    true,
		Findings: []dcos.Finding{{Check: "leader", Node: "m1", Status: dcos.Failed, Observed: "0 lead", At: time.Unix(1, 0)}},
		Out:      []inventory.NodeName{"a1"},
		Agents:   []AgentState{{Node: "a1", State: AgentRecovering, Detail: "for 3 s"}},
		Unknown:  []UnknownAgent{{ID: "x-S1"}},
		Ensemble: []string{"10.0.0.1"},
		Weights:  map[inventory.NodeName]int{"m1": 4},
		Quorums:  []Quorum{{Name: "zookeeper", Size: 3, Serving: []inventory.NodeName{"m1"}, Age: Duration(time.Second)}},
		Tasks:    map[inventory.NodeName]int{"a1": 3},
		DueTo:    map[string][]inventory.NodeName{"leader": {"m1"}},
	}
}

func TestTextsAndTimesMakeNoOtherObservation(t *testing.T) {
	a, b := look(), look()
	b.Findings[0].Observed, b.Findings[0].At, b.Findings[0].Have = "none leads", time.Unix(9, 0), 2
	b.Agents[0].Detail = "for 5 s"
	b.Quorums[0].Age = Duration(time.Minute)
	if !a.SameAs(b) || a.Findings[0].Observed != "0 lead" || a.Agents[0].Detail != "for 3 s" || a.Quorums[0].Age == 0 {
		t.Errorf("not the same, or changed: %+v", a)
	}
}

// Every field of an observation counts: one that is added later does too.
func TestEveryFieldMakesAnotherObservation(t *testing.T) {
	whole := look()
	for i := range reflect.TypeFor[Observation]().NumField() {
		other := look()
		field := reflect.ValueOf(&other).Elem().Field(i)
		if field.IsZero() {
			t.Errorf("%s is not set in this test", reflect.TypeFor[Observation]().Field(i).Name)
		}
		field.SetZero()
		if whole.SameAs(other) || other.SameAs(whole) {
			t.Errorf("without %s it is said to be the same", reflect.TypeFor[Observation]().Field(i).Name)
		}
	}
	for name, change := range map[string]func(o *Observation){
		"status of a finding": func(o *Observation) { o.Findings[0].Status = dcos.Unknown },
		"state of an agent":   func(o *Observation) { o.Agents[0].State = AgentDown },
		"who serves":          func(o *Observation) { o.Quorums[0].Serving = nil },
	} {
		other := look()
		if change(&other); whole.SameAs(other) {
			t.Errorf("%s: said to be the same", name)
		}
	}
}
