package checks

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Verdict is what a gate's samples amount to. The zero Verdict does not hold.
type Verdict struct {
	Holds   bool
	Finding dcos.Finding  // the last sample's, with Have and Need
	Since   time.Time     // the answer that the present streak began with; zero when there is no streak
	Lasted  time.Duration // how long the present streak is proved to have lasted
	Still   string        // a mark that has not changed in the present streak; empty: all have
}

// gapLimit is the longest time between two samples of a streak. After a longer
// gap (a suspended controller, whose monotonic clock stood still) what happened in it is not known, and the streak
// starts again. The same limit says how old a gate's last sample may be when a
// step passes. The two seconds are for rehearsals, whose pauses are short.
func gapLimit(spec plan.GateSpec) time.Duration { return 3*spec.Every.D() + 2*time.Second }

// clockSlack is how far the wall clock may be set back within a streak.
const clockSlack = 2 * time.Second

// Judge says whether the samples, oldest first, satisfy the demand of a gate
// in a step that began at since. It is a pure function of its arguments:
//
//   - only an answer with an OK status counts, and any other ends the streak;
//   - an answer that was asked before since, or is older than its question, ends
//     the streak too, and is shown as unknown;
//   - so does another Identity, which begins a streak of its own;
//   - the streak must have spec.Need samples, lie spec.Span apart from the first
//     answer to the last question, and every mark must have changed in it.
func Judge(samples []Sample, spec plan.GateSpec, since time.Time) Verdict {
	if len(samples) == 0 {
		return Verdict{Finding: dcos.Finding{Check: spec.Gate, Observed: "no answer yet", Want: "an answer", Need: max(spec.Need, 1)}}
	}
	streak := trailingStreak(samples, spec, since)
	last := samples[len(samples)-1]
	v := Verdict{Finding: last.Finding}
	v.Finding.Need = max(spec.Need, 1)
	v.Finding.Have = min(len(streak), v.Finding.Need)
	v.Finding.At = last.Answered
	if why := last.stale(since); why != "" {
		v.Finding.Status, v.Finding.Final, v.Finding.Observed = dcos.Unknown, false, why+": "+last.Finding.Observed
	}
	if len(streak) == 0 {
		return v
	}
	v.Since = streak[0].Answered
	v.Lasted = max(elapsed.Least(v.Since, last.Asked), 0)
	v.Still = unchanged(streak)
	v.Holds = len(streak) >= v.Finding.Need && v.Lasted >= spec.Span.D() && v.Still == ""
	if v.Still != "" && v.Finding.Have == v.Finding.Need {
		v.Finding.Have-- // one more is needed: show that the streak is not complete
	}
	return v
}

// trailingRow is the longest run of counting samples at the end.
func trailingStreak(samples []Sample, spec plan.GateSpec, since time.Time) []Sample {
	from := len(samples)
	for i := len(samples) - 1; i >= 0; i-- {
		s := samples[i]
		if !s.Finding.Status.OK() || s.stale(since) != "" {
			break
		}
		if from < len(samples) && !joins(s, samples[from], spec) {
			break
		}
		from = i
	}
	return samples[from:]
}

// joins reports whether two neighbouring good samples belong to one streak.
func joins(a, b Sample, spec plan.GateSpec) bool {
	gap := elapsed.Most(a.Answered, b.Asked)
	back := elapsed.Least(a.Answered, b.Asked) < -clockSlack // the wall clock was set: no span across that can be told
	return a.Identity == b.Identity && gap >= 0 && !back && gap <= gapLimit(spec)
}

// unchanged names a mark of the last sample that has had one value only
// throughout the streak; empty when there is none.
func unchanged(streak []Sample) string {
	stuck := ""
	for name, now := range streak[len(streak)-1].Marks {
		moved := false
		for _, s := range streak {
			old, there := s.Marks[name]
			moved = moved || there && old != now
		}
		if !moved && (stuck == "" || name < stuck) {
			stuck = name
		}
	}
	return stuck
}
