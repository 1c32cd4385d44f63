package checks

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// began is when the steps of these tests begin.
var began = time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)

// at makes a sample asked so many seconds after the beginning and answered one
// second later.
func at(seconds int, s dcos.Status) Sample {
	asked := began.Add(time.Duration(seconds) * time.Second)
	return Sample{Asked: asked, Answered: asked.Add(time.Second), Finding: dcos.Finding{Check: "registered", Status: s, Observed: "seen"}}
}

func with(s Sample, change func(*Sample)) Sample {
	change(&s)
	return s
}

func TestJudge(t *testing.T) {
	three := plan.GateSpec{Gate: "registered", Need: 3, Span: plan.Duration(10 * time.Second), Every: plan.Duration(5 * time.Second)}
	marked := func(s Sample, updated string) Sample {
		return with(s, func(s *Sample) { s.Marks = map[string]string{"10.0.0.1": updated} })
	}
	by := func(s Sample, process string) Sample {
		return with(s, func(s *Sample) { s.Identity = process })
	}
	cases := []struct {
		name    string
		samples []Sample
		holds   bool
		have    int
		status  dcos.Status
	}{
		{"nothing asked yet is unknown", nil, false, 0, dcos.Unknown},
		{"one green answer is not enough", []Sample{at(1, dcos.Passed)}, false, 1, dcos.Passed},
		{"three in a row over the span hold", []Sample{at(1, dcos.Passed), at(7, dcos.Passed), at(13, dcos.Passed)}, true, 3, dcos.Passed},
		{"warned and not applicable count like passed", []Sample{at(1, dcos.Warned), at(7, dcos.NotApplicable), at(13, dcos.Warned)}, true, 3, dcos.Warned},
		{"three in a row within less than the span do not hold", []Sample{at(1, dcos.Passed), at(4, dcos.Passed), at(7, dcos.Passed)}, false, 3, dcos.Passed},
		{"a failure starts the count anew", []Sample{at(1, dcos.Passed), at(7, dcos.Failed), at(13, dcos.Passed), at(19, dcos.Passed)}, false, 2, dcos.Passed},
		{"an unknown starts the count anew", []Sample{at(1, dcos.Passed), at(7, dcos.Passed), at(13, dcos.Unknown)}, false, 0, dcos.Unknown},
		{"a gate that held does not hold after a failure", []Sample{at(1, dcos.Passed), at(7, dcos.Passed), at(13, dcos.Passed), at(19, dcos.Failed)}, false, 0, dcos.Failed},
		{"an answer asked before the step began never counts", []Sample{at(-3, dcos.Passed), at(7, dcos.Passed), at(13, dcos.Passed)}, false, 2, dcos.Passed},
		{"the last answer, asked before the step began, is unknown", []Sample{at(-3, dcos.Passed)}, false, 0, dcos.Unknown},
		{
			"an answer older than its asking never counts",
			[]Sample{at(1, dcos.Passed), at(7, dcos.Passed), with(at(13, dcos.Passed), func(s *Sample) { s.Answered = s.Asked.Add(-time.Second) })},
			false, 0, dcos.Unknown,
		},
		{
			"an answer that rests on an older reading never counts",
			[]Sample{at(1, dcos.Passed), at(7, dcos.Passed), with(at(13, dcos.Passed), func(s *Sample) { s.Evidence = s.Asked.Add(-time.Second) })},
			false, 0, dcos.Unknown,
		},
		{
			"an answer without times never counts",
			[]Sample{at(1, dcos.Passed), at(7, dcos.Passed), with(at(13, dcos.Passed), func(s *Sample) { s.Asked = time.Time{} })},
			false, 0, dcos.Unknown,
		},
		{
			"another process starts the count anew",
			[]Sample{by(at(1, dcos.Passed), "pid 7"), by(at(7, dcos.Passed), "pid 7"), by(at(13, dcos.Passed), "pid 8")},
			false, 1, dcos.Passed,
		},
		{
			"the same process throughout holds",
			[]Sample{by(at(1, dcos.Passed), "pid 7"), by(at(7, dcos.Passed), "pid 7"), by(at(13, dcos.Passed), "pid 7")},
			true, 3, dcos.Passed,
		},
		{
			"a row that nobody rewrites does not hold",
			[]Sample{marked(at(1, dcos.Passed), "a"), marked(at(7, dcos.Passed), "a"), marked(at(13, dcos.Passed), "a")},
			false, 2, dcos.Passed,
		},
		{
			"a row that was rewritten once holds",
			[]Sample{marked(at(1, dcos.Passed), "a"), marked(at(7, dcos.Passed), "b"), marked(at(13, dcos.Passed), "b")},
			true, 3, dcos.Passed,
		},
		{
			"a rewriting before the row does not count",
			[]Sample{marked(at(1, dcos.Passed), "a"), marked(at(3, dcos.Failed), "a"), marked(at(7, dcos.Passed), "b"), marked(at(13, dcos.Passed), "b"), marked(at(19, dcos.Passed), "b")},
			false, 2, dcos.Passed,
		},
		{"a controller that slept in between starts anew", []Sample{at(1, dcos.Passed), at(7, dcos.Passed), at(600, dcos.Passed)}, false, 1, dcos.Passed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := Judge(c.samples, three, began)
			if v.Holds != c.holds || v.Finding.Have != c.have || v.Finding.Status != c.status {
				t.Errorf("holds %v, have %d, status %s; want %v, %d, %s", v.Holds, v.Finding.Have, v.Finding.Status, c.holds, c.have, c.status)
			}
			if v.Finding.Need != 3 {
				t.Errorf("need %d, want 3", v.Finding.Need)
			}
		})
	}
}

func TestADemandOfNothingStillDemandsOneAnswer(t *testing.T) {
	none := plan.GateSpec{Gate: "leader"}
	if Judge(nil, none, began).Holds {
		t.Error("holds without a sample")
	}
	if Judge([]Sample{at(1, dcos.Failed)}, none, began).Holds {
		t.Error("holds on a failure")
	}
	if !Judge([]Sample{at(1, dcos.Passed)}, none, began).Holds {
		t.Error("does not hold on a good answer")
	}
}

// drawSamples draws a history as a poller makes it: in order, one at a time.
func drawSamples(t *rapid.T) []Sample {
	n := rapid.IntRange(0, 30).Draw(t, "samples")
	now := began.Add(time.Duration(rapid.IntRange(-20, 20).Draw(t, "start")) * time.Second)
	var out []Sample
	for i := range n {
		asked := now
		now = now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "took")) * time.Second)
		out = append(out, Sample{
			Asked: asked, Answered: now,
			Finding:  dcos.Finding{Check: "g", Status: rapid.SampledFrom([]dcos.Status{dcos.Passed, dcos.Passed, dcos.Passed, dcos.Passed, dcos.Warned, dcos.Failed, dcos.Unknown}).Draw(t, "status"), Observed: fmt.Sprint(i)},
			Identity: rapid.SampledFrom([]string{"a", "a", "a", "a", "b"}).Draw(t, "identity"),
		})
		now = now.Add(time.Duration(rapid.SampledFrom([]int{5, 5, 5, 6, 40}).Draw(t, "pause")) * time.Second)
	}
	return out
}

// A gate that holds can show its row: the last Need samples are good, of one
// process, none from before the step, none far from the next, and together
// they last Span. Said once more, in other words than Judge's.
func TestWhatHoldsCanShowItsRow(t *testing.T) {
	held := 0
	rapid.Check(t, func(t *rapid.T) {
		spec := plan.GateSpec{
			Gate: "g", Need: rapid.IntRange(0, 4).Draw(t, "need"),
			Span:  plan.Duration(time.Duration(rapid.IntRange(0, 30).Draw(t, "span")) * time.Second),
			Every: plan.Duration(5 * time.Second),
		}
		samples := drawSamples(t)
		v := Judge(samples, spec, began)
		if !v.Holds {
			return
		}
		held++
		last := samples[len(samples)-1]
		need, shown := max(spec.Need, 1), 0
		for i := len(samples) - 1; i >= 0; i-- {
			s := samples[i]
			if !s.Finding.Status.OK() || s.Identity != last.Identity || s.Asked.Before(began) {
				break
			}
			if shown > 0 && samples[i+1].Asked.Sub(s.Answered) > 17*time.Second {
				break
			}
			shown++
			if shown >= need && max(last.Asked.Sub(s.Answered), 0) >= spec.Span.D() {
				return
			}
		}
		t.Fatalf("holds with a row of %d, need %d over %s", shown, need, spec.Span)
	})
	if held == 0 {
		t.Error("no drawn history held: the property was never put to the test")
	}
}

// One bad answer at the end is enough, whatever was before.
func TestNothingHoldsOnABadLastAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := drawSamples(t)
		after := 100000
		bad := at(after, rapid.SampledFrom([]dcos.Status{dcos.Failed, dcos.Unknown}).Draw(t, "bad"))
		if Judge(append(samples, bad), plan.GateSpec{Gate: "g", Need: 1}, began).Holds {
			t.Fatal("holds")
		}
	})
}

// What happened before the step can be left away without changing a verdict.
func TestHistoryBeforeTheStepChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := plan.GateSpec{Gate: "g", Need: 2, Span: plan.Duration(6 * time.Second), Every: plan.Duration(5 * time.Second)}
		all := drawSamples(t)
		var within []Sample
		for _, s := range all {
			if !s.Asked.Before(began) {
				within = append(within, s)
			}
		}
		if len(within) == 0 {
			return
		}
		a, b := Judge(all, spec, began), Judge(within, spec, began)
		if a != b {
			t.Fatalf("with the past %+v, without %+v", a, b)
		}
	})
}
