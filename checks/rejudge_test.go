package checks

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// demand is one for these tests: asked every 5 s, for 100 s.
func demand(need int, span time.Duration) plan.GateSpec {
	return plan.GateSpec{Gate: "registered", Need: need, Span: plan.Duration(span), Every: plan.Duration(5 * time.Second), Within: plan.Duration(100 * time.Second)}
}

// answered is a recorded step of one gate that was asked every five seconds.
func answered(had plan.GateSpec, ended time.Duration, answers string) Recorded {
	r := Recorded{Began: began, Gates: []plan.GateSpec{had}}
	for i, c := range answers {
		s := at(5*i, map[rune]dcos.Status{'+': dcos.Passed, '-': dcos.Failed}[c])
		r.Samples = append(r.Samples, Taken{Sample: s})
	}
	if ended > 0 {
		r.Ended = began.Add(ended)
	}
	return r
}

func TestRejudge(t *testing.T) {
	three := demand(3, 0)
	const late = "--------------------+" // the last is answered after 101 s
	cases := []struct {
		name         string
		rec          Recorded
		demand       plan.GateSpec
		passed, late time.Duration // 0: not
		have         int
	}{
		{"the demand that it had passes when it passed", answered(three, 26*time.Second, "--++-+++"), three, 36 * time.Second, 0, 3},
		{"a smaller demand passes earlier, and stays passed", answered(three, 36*time.Second, "--++-+++"), demand(2, 0), 16 * time.Second, 0, 2},
		{"a greater demand is open when the run went on too early", answered(three, 36*time.Second, "--++-+++"), demand(5, 0), 0, 0, 3},
		{"a longer span is open likewise", answered(three, 36*time.Second, "--++-+++"), demand(3, 30*time.Second), 0, 0, 3},
		{"patience that ended ends again", answered(three, 100*time.Second, "----"), three, 0, 100 * time.Second, 0},
		{"a greater demand runs out of patience between two samples", answered(three, 0, "-++++++++++++++++++++++"), demand(30, 0), 0, 100 * time.Second, 19},
		{"a sample that the run still took counts, though patience had just ended", answered(demand(1, 0), 101*time.Second, late), demand(1, 0), 101 * time.Second, 0, 1},
		{"for another demand, patience ends when it ends", answered(three, 101*time.Second, late), demand(1, 0), 0, 100 * time.Second, 0},
		{"a run that nobody saw to its end is open", answered(three, 0, "--+"), three, 0, 0, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Rejudge(c.rec, []plan.GateSpec{c.demand})
			if err != nil {
				t.Fatal(err)
			}
			after := func(at time.Time) time.Duration {
				if at.IsZero() {
					return 0
				}
				return at.Sub(began)
			}
			if after(got.Passed) != c.passed || after(got.LateAt) != c.late || (c.late > 0) != (len(got.Late) == 1) || got.Findings[0].Have != c.have {
				t.Errorf("passed %s, late %s %+v, %+v", after(got.Passed), after(got.LateAt), got.Late, got.Findings)
			}
		})
	}
}

func TestARowDoesNotReachOverSamplesThatWereLeftOut(t *testing.T) {
	r := answered(demand(3, 0), 0, "++++")
	r.Samples[2].LeftOut = 4
	got, err := Rejudge(r, r.Gates)
	if err != nil || !got.Passed.IsZero() || got.Findings[0].Have != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRejudgeRefusesWhatIsNoRecordOfTheStep(t *testing.T) {
	r := answered(demand(3, 0), 0, "+")
	if _, err := Rejudge(r, nil); err == nil {
		t.Error("judged by no demand")
	}
	r.Samples[0].Gate = 1
	if _, err := Rejudge(r, r.Gates); err == nil {
		t.Error("judged a sample of a gate that there is not")
	}
}

// Law: who demands more never passes earlier, and never by fewer samples.
func TestAGreaterDemandNeverPassesEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answers := rapid.StringMatching("[+-]{0,40}").Draw(t, "answers")
		need := rapid.IntRange(1, 6).Draw(t, "need")
		more := need + rapid.IntRange(0, 4).Draw(t, "more")
		span := time.Duration(rapid.IntRange(0, 60).Draw(t, "span")) * time.Second
		longer := span + time.Duration(rapid.IntRange(0, 60).Draw(t, "longer"))*time.Second
		r := answered(demand(need, span), 0, answers)
		little, _ := Rejudge(r, r.Gates)
		much, _ := Rejudge(r, []plan.GateSpec{demand(more, longer)})
		if !much.Passed.IsZero() && (little.Passed.IsZero() || much.Passed.Before(little.Passed)) {
			t.Fatalf("%d over %s passes at %s, %d over %s at %s", more, longer, much.Passed, need, span, little.Passed)
		}
	})
}
