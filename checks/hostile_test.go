package checks

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// What is observed goes into the journal every few seconds of a HOLD, for
// hours: a node must not choose how long it is.
func TestALiarCannotFillTheJournal(t *testing.T) {
	long := strings.Repeat("ü", 1<<20)
	o := plan.Observation{Green: true, Findings: []dcos.Finding{{Check: "exhibitor", Status: dcos.Failed, Observed: long, Want: long, Hint: long}}}
	for range 100_000 {
		o.Unknown = append(o.Unknown, plan.UnknownAgent{ID: long, IP: long, Active: true})
	}
	o = boundedObservation(o)
	b, err := json.Marshal(o)
	if err != nil || len(b) > 128<<10 {
		t.Errorf("an observation of %d bytes, %v", len(b), err)
	}
	if o.Green {
		t.Error("a cluster of 100000 strangers is green")
	}
	if last := o.Findings[len(o.Findings)-1]; last.Status.OK() || !strings.Contains(last.Observed, "100000") {
		t.Errorf("nobody is told of the strangers: %+v", last)
	}
}

func TestAnHonestObservationStaysAsItIs(t *testing.T) {
	o := plan.Observation{
		Green: true, Unknown: []plan.UnknownAgent{{ID: "S1", IP: "10.0.0.1"}},
		Findings: []dcos.Finding{{Check: "leader", Status: dcos.Passed, Observed: strings.Repeat("ü", maxText)}},
	}
	before, _ := json.Marshal(o)
	after, _ := json.Marshal(boundedObservation(o))
	if string(before) != string(after) {
		t.Errorf("%s became %s", before, after)
	}
}

func TestALongIdentityIsKeptShortAndApart(t *testing.T) {
	long := strings.Repeat("b", 1<<20)
	a, b := identity(long+"1"), identity(long+"2")
	if a == b || len(a) > maxIdentity {
		t.Errorf("%q and %q", a, b)
	}
	if got := identity("boot/1/2"); got != "boot/1/2" {
		t.Errorf("%q", got)
	}
}
