package rehearse

import (
	"io"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/render"
)

// toldJSON is a rehearsal for programs. Durations are in seconds.
type toldJSON struct {
	render.Head
	Cluster   string        `json:"cluster"`
	Seed      uint64        `json:"seed"`
	Rate      float64       `json:"rate"`
	Nights    int           `json:"nights"`
	Alone     int           `json:"ended_alone"`
	Helped    int           `json:"ended_with_help"`
	Stuck     int           `json:"not_ended"`
	Left      int           `json:"nodes_left_behind"`
	Estimate  float64       `json:"estimate_s"`
	Calm      lengthsJSON   `json:"calm"`
	ByItself  lengthsJSON   `json:"alone"`
	WithHelp  lengthsJSON   `json:"helped"`
	Waiting   float64       `json:"waiting_for_people_s"`
	Holds     int           `json:"holds"`
	Held      float64       `json:"held_s"`
	Longest   float64       `json:"longest_hold_s"`
	PeakOurs  int           `json:"peak_out_ours"`
	PeakAll   int           `json:"peak_out_all"`
	MaxOut    int           `json:"max_out"`
	Scripts   int           `json:"scripts_begun"`
	Events    int           `json:"events"`
	Stops     []stopJSON    `json:"stops"`
	Troubles  []troubleJSON `json:"troubles"`
	Violation []brokenJSON  `json:"violations"`
}

type lengthsJSON struct {
	Nights  int     `json:"nights"`
	Median  float64 `json:"median_s"`
	P95     float64 `json:"p95_s"`
	Longest float64 `json:"longest_s"`
}

type stopJSON struct {
	Stop
	Nights int    `json:"nights"`
	Times  int    `json:"times"`
	First  uint64 `json:"first_night"`
}

type troubleJSON struct {
	What   fault.Kind `json:"what"`
	Nights int        `json:"nights"`
	Times  int        `json:"times"`
}

type brokenJSON struct {
	Night uint64   `json:"night"`
	Rule  string   `json:"rule"`
	Story []string `json:"story,omitempty"`
}

// JSON is a rehearsal for programs.
func (s Told) JSON(w io.Writer) error {
	r := s.Report
	out := toldJSON{
		Head: render.Headed("rehearsal"), Cluster: r.Plan.Cluster.Name, Seed: r.Seed, Rate: s.Rate, Nights: r.Nights, Alone: len(r.Alone), Helped: len(r.Helped), Stuck: r.Stuck,
		Left: r.Parked, Estimate: r.Plan.Estimate.D().Seconds(), Calm: lengthsOf(s.Calm.Alone), ByItself: lengthsOf(r.Alone), WithHelp: lengthsOf(r.Helped),
		Waiting: r.Hands.Seconds(), Holds: r.Holds, Held: r.Held.Seconds(), Longest: r.Longest.Seconds(), PeakOurs: r.PeakOurs, PeakAll: r.PeakAll,
		MaxOut: r.Plan.MaxOut, Scripts: r.Scripts, Events: r.Events, Stops: []stopJSON{}, Troubles: []troubleJSON{}, Violation: []brokenJSON{},
	}
	if s.FaultsFile != "" {
		out.Rate = 0
	}
	for _, c := range r.Stops {
		out.Stops = append(out.Stops, stopJSON{c.Stop, c.Nights, c.Times, c.First})
	}
	for _, t := range r.Troubles {
		out.Troubles = append(out.Troubles, troubleJSON{t.Kind, t.Nights, t.Times})
	}
	for _, n := range slices.Concat(s.Calm.Broken, r.Broken) {
		out.Violation = append(out.Violation, brokenJSON{n.Number, n.Rule, n.Story})
	}
	return render.Value(w, out)
}

func lengthsOf(sorted []time.Duration) lengthsJSON {
	l := lengthsJSON{Nights: len(sorted), Median: Quantile(sorted, 0.5).Seconds(), P95: Quantile(sorted, 0.95).Seconds()}
	if len(sorted) > 0 {
		l.Longest = sorted[len(sorted)-1].Seconds()
	}
	return l
}
