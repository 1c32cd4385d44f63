package flight

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// span is a Span in the parts that these tests are about.
type span struct {
	From    int // seconds of its first question
	Samples int
	Status  dcos.Status
	Have    int
	Holds   bool
	Anew    string
	Seen    string
}

func spansOf(l Life) []span {
	var out []span
	for _, s := range l.Spans {
		out = append(out, span{int(s.From / time.Second), s.Samples, s.Finding.Status, s.Finding.Have, s.Holds, s.Anew, s.Finding.Observed})
	}
	return out
}

func TestALifeHasALineForEachChangeAndFoldsRepeats(t *testing.T) {
	began := Began{Format: 1, Step: "s", At: began, Gates: task("s", "registered").Step.Gates}
	answer := func(second int, st dcos.Status, seen, by string) Sample {
		d := time.Duration(second) * time.Second
		return Sample{Gate: "registered", Asked: d, Answered: d + 10*time.Millisecond, Identity: by, Finding: dcos.Finding{Check: "registered", Status: st, Observed: seen}}
	}
	gap := answer(75, dcos.Passed, "active", "2")
	gap.LeftOut = 9
	take := Take{Began: began, Samples: []Sample{
		answer(0, dcos.Failed, "away 1s of 5m0s", "1"),
		answer(5, dcos.Failed, "away 6s of 5m0s", "1"),
		answer(10, dcos.Failed, "away 3 tasks", "1"),
		answer(15, dcos.Passed, "active", "1"),
		answer(20, dcos.Passed, "active", "2"),
		answer(25, dcos.Passed, "active", "2"),
		answer(30, dcos.Passed, "active", "2"),
		answer(35, dcos.Passed, "active", "2"),
		answer(40, dcos.Passed, "active", "2"),
		answer(45, dcos.Passed, "active", "2"),
		answer(70, dcos.Passed, "active", "2"),
		gap,
	}}
	lives, err := Lives(take)
	if err != nil || len(lives) != 1 {
		t.Fatalf("%d lives, %v", len(lives), err)
	}
	want := []span{
		{0, 2, dcos.Failed, 0, false, "", "away 6s of 5m0s"},
		{10, 1, dcos.Failed, 0, false, "", "away 3 tasks"},
		{15, 1, dcos.Passed, 1, false, "", "active"},
		{20, 5, dcos.Passed, 3, false, "another process answers", "active"},
		{45, 1, dcos.Passed, 3, true, "", "active"},
		{70, 1, dcos.Passed, 1, false, "nothing was asked for 25s", "active"},
		{75, 1, dcos.Passed, 1, false, "9 samples were left out before it", "active"},
	}
	if diff := cmp.Diff(want, spansOf(lives[0])); diff != "" {
		t.Error(diff)
	}
}

func TestALifeOfLooksCountsNoRow(t *testing.T) {
	take := Take{Began: Began{Format: 1, Step: "masters", At: began}}
	for i, seen := range []string{"3/3 serve", "3/3 serve", "2/3 serve"} {
		d := time.Duration(i) * time.Second
		take.Samples = append(take.Samples, Sample{Gate: "exhibitor", Asked: d, Answered: d, Finding: dcos.Finding{Check: "exhibitor", Status: dcos.Passed, Observed: seen}})
	}
	lives, err := Lives(take)
	want := []span{{0, 2, dcos.Passed, 0, false, "", "3/3 serve"}, {2, 1, dcos.Passed, 0, false, "", "2/3 serve"}}
	if err != nil || len(lives) != 1 || lives[0].Spec != nil {
		t.Fatalf("%+v, %v", lives, err)
	}
	if diff := cmp.Diff(want, spansOf(lives[0])); diff != "" {
		t.Error(diff)
	}
}

func TestASampleOfAGateThatTheStepDoesNotHaveIsSaid(t *testing.T) {
	take := Take{Began: Began{Format: 1, Step: "s", At: began, Gates: []plan.GateSpec{{Gate: "units"}}}, Samples: []Sample{{Gate: "leader"}}}
	if _, err := Lives(take); err == nil {
		t.Error("a life of a gate that is not there")
	}
}
