package flight

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Life is what one gate was answered in a Take.
type Life struct {
	Key   string         // see Take.Keys
	Spec  *plan.GateSpec // nil: a question about the cluster, which has no row
	Spans []Span
}

// Span is answers of a gate that say the same one after another, but for the
// lengths of time in their text, which is the last one's. Times count from the
// beginning of the step.
type Span struct {
	From, To time.Duration // when its first and its last answer were complete
	Samples  int
	Age      time.Duration // of what its last answer rested on, when it was complete
	Finding  dcos.Finding  // as it was judged last, with Have and Need
	Identity string
	Holds    bool
	Lasted   time.Duration // how long the row had lasted with its last answer
	Still    string        // a mark that had not changed in the row by then
	Anew     string        // why the row began again with it, though the answer counts
}

// Lives tells a Take gate by gate, as it was judged. The error means that it
// cannot be judged.
func Lives(t Take) ([]Life, error) {
	keys := t.Keys()
	lives := make([]Life, len(keys))
	for i, k := range keys {
		lives[i].Key = k
	}
	if len(t.Began.Gates) == 0 {
		for _, s := range t.Samples {
			for i := range lives {
				if lives[i].Key == s.Gate {
					j := checks.Judged{Taken: checks.Taken{Sample: s.at(t.Began.At)}, Verdict: checks.Verdict{Finding: s.Finding}}
					lives[i].add(j, t.Began.At)
				}
			}
		}
		return lives, nil
	}
	rec, err := t.Recorded()
	if err != nil {
		return nil, err
	}
	again, err := checks.Rejudge(rec, rec.Gates)
	if err != nil {
		return nil, err
	}
	for i := range lives {
		lives[i].Spec = &rec.Gates[i]
	}
	gap := make([]int, len(lives)) // samples left out since each gate's last
	for _, s := range again.Samples {
		for i := range gap {
			gap[i] += s.LeftOut
		}
		s.LeftOut, gap[s.Gate] = gap[s.Gate], 0
		lives[s.Gate].add(s, rec.Began)
	}
	return lives, nil
}

// add enters the next answer.
func (l *Life) add(j checks.Judged, began time.Time) {
	s, v := j.Sample, j.Verdict
	now := Span{
		From: s.Answered.Sub(began), To: s.Answered.Sub(began), Samples: 1, Age: s.Answered.Sub(s.Asked),
		Finding: v.Finding, Identity: s.Identity, Holds: v.Holds, Lasted: v.Lasted, Still: v.Still,
	}
	if !s.Evidence.IsZero() {
		now.Age = s.Answered.Sub(s.Evidence)
	}
	now.Finding.At = time.Time{}
	if len(l.Spans) == 0 {
		l.Spans = append(l.Spans, now)
		return
	}
	last := &l.Spans[len(l.Spans)-1]
	now.Anew = anew(*last, now, j, began)
	if now.Anew == "" && last.says(now) {
		now.From, now.Samples, now.Anew = last.From, last.Samples+1, last.Anew
		*last = now
		return
	}
	l.Spans = append(l.Spans, now)
}

// says reports whether two answers say the same, but for the count and for how
// long something has lasted.
func (s Span) says(o Span) bool {
	a, b := s.Finding, o.Finding
	a.Have, b.Have = 0, 0
	a.Observed, b.Observed = timeless(a.Observed), timeless(b.Observed)
	return a == b && s.Identity == o.Identity && s.Holds == o.Holds
}

// anew says why a row begins with now, though last counted too.
func anew(last, now Span, j checks.Judged, began time.Time) string {
	switch {
	case j.LeftOut > 0:
		return fmt.Sprintf("%d samples were left out before it", j.LeftOut)
	case last.Identity != now.Identity && last.Identity != "" && now.Identity != "":
		return "another process answers"
	case last.Finding.Have > 0 && j.Verdict.Since.Equal(j.Sample.Answered) && now.Finding.Status.OK():
		return fmt.Sprintf("nothing was asked for %s", (j.Sample.Asked.Sub(began) - last.To).Round(time.Second))
	}
	return ""
}

// timeless is a text without the lengths of time in it: "away … of …".
func timeless(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if _, err := time.ParseDuration(strings.TrimRight(w, ",;:.)")); err == nil && strings.ContainsAny(w, "hms") {
			words[i] = "…"
		}
	}
	return strings.Join(words, " ")
}
