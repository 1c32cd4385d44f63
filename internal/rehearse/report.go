package rehearse

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Report is many nights in one.
type Report struct {
	Plan     *plan.Plan
	Seed     uint64
	Nights   int
	Alone    []time.Duration // durations of nights that needed nobody, ascending
	Helped   []time.Duration // of those that stopped or changed hands and were carried through, ascending
	Hands    time.Duration   // of these, waiting for people
	Stuck    int             // nights that no printed command led to the end
	Left     int             // nights that left nodes behind
	Parked   int             // nodes left behind
	Holds    int
	HeldIn   int // nights with a hold
	Held     time.Duration
	Longest  time.Duration // of a hold
	PeakOurs int
	PeakAll  int
	Scripts  int
	Events   int
	Stops    []StopCount
	Troubles []TroubleCount
	Broken   []BrokenNight
}

// StopCount is how often runs stopped in the same way.
type StopCount struct {
	Stop
	Times  int
	Nights int
	First  uint64 // number of the first night with it
}

// TroubleCount is how often a fault acted.
type TroubleCount struct {
	Kind   fault.Kind
	Times  int
	Nights int
}

// BrokenNight is a night in which a safety rule was broken, with its story.
type BrokenNight struct {
	Number uint64
	Rule   string
	Story  []string
}

// mostStories bounds how many broken nights are told; one is enough to repair
// the cause.
const mostStories = 1

// Many rehearses so many nights, and folds them.
func Many(o Options, nights int) Report {
	r := Report{Plan: o.Plan, Seed: o.Seed, Nights: nights}
	stops, troubles := map[Stop]*StopCount{}, map[fault.Kind]*TroubleCount{}
	for i := range nights {
		o.Number = uint64(i)
		n := Rehearse(o)
		r.add(n)
		seen := map[Stop]bool{}
		for _, s := range n.Stops {
			if stops[s] == nil {
				stops[s] = &StopCount{Stop: s, First: o.Number}
			}
			stops[s].Times++
			if !seen[s] {
				stops[s].Nights++
			}
			seen[s] = true
		}
		for k, times := range n.Struck {
			if troubles[k] == nil {
				troubles[k] = &TroubleCount{Kind: k}
			}
			troubles[k].Times += times
			troubles[k].Nights++
		}
		if len(n.Violations) > 0 {
			r.broken(o, n)
		}
	}
	r.order(stops, troubles)
	return r
}

func (r *Report) add(n Night) {
	switch {
	case !n.Done:
		r.Stuck++
	case len(n.Stops) == 0 && n.HandOvers == 0:
		r.Alone = append(r.Alone, n.Took)
	default:
		r.Helped = append(r.Helped, n.Took)
		r.Hands += n.Hands
	}
	if n.Left > 0 {
		r.Left++
		r.Parked += n.Left
	}
	if n.Holds > 0 {
		r.HeldIn++
	}
	r.Holds += n.Holds
	r.Held += n.Held
	r.Longest = max(r.Longest, n.LongestHold)
	r.PeakOurs, r.PeakAll = max(r.PeakOurs, n.PeakOurs), max(r.PeakAll, n.PeakAll)
	r.Scripts += n.Scripts
	r.Events += n.Events
}

// broken tells a night again, with its story: the same seed gives the same
// night.
func (r *Report) broken(o Options, n Night) {
	b := BrokenNight{Number: o.Number, Rule: n.Violations[0]}
	if len(r.Broken) < mostStories {
		o.Told = func(at time.Duration, line string) {
			b.Story = append(b.Story, fmt.Sprintf("%02d:%02d:%02d %s", int(at.Hours()), int(at.Minutes())%60, int(at.Seconds())%60, line))
		}
		Rehearse(o)
	}
	r.Broken = append(r.Broken, b)
}

func (r *Report) order(stops map[Stop]*StopCount, troubles map[fault.Kind]*TroubleCount) {
	slices.Sort(r.Alone)
	slices.Sort(r.Helped)
	for _, s := range stops {
		r.Stops = append(r.Stops, *s)
	}
	slices.SortFunc(r.Stops, func(a, b StopCount) int {
		return cmp.Or(b.Nights-a.Nights, b.Times-a.Times, cmp.Compare(fmt.Sprint(a.Stop), fmt.Sprint(b.Stop)))
	})
	for _, k := range fault.Rehearsed() {
		if t := troubles[k]; t != nil {
			r.Troubles = append(r.Troubles, *t)
		}
	}
}

// Quantile is the duration that a share of the sorted durations does not
// exceed; 0 when there are none.
func Quantile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}
