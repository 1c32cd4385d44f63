package replay

import (
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// takeJSON is a take, for programs.
type takeJSON struct {
	render.Head
	Began   flight.Began  `json:"began"`
	Samples int           `json:"samples"`
	LeftOut int           `json:"left_out,omitempty"`
	Lives   []lifeJSON    `json:"gates,omitempty"`
	Ended   *flight.Ended `json:"ended,omitempty"`
}

type lifeJSON struct {
	Gate  string     `json:"gate"`
	Spans []spanJSON `json:"spans"`
}

type spanJSON struct {
	From     plan.Duration `json:"from"`
	To       plan.Duration `json:"to"`
	Samples  int           `json:"samples"`
	Age      plan.Duration `json:"age"`
	Status   string        `json:"status"`
	Have     int           `json:"have,omitempty"`
	Need     int           `json:"need,omitempty"`
	Holds    bool          `json:"holds,omitempty"`
	Observed string        `json:"observed,omitempty"`
	Want     string        `json:"want,omitempty"`
	Identity string        `json:"identity,omitempty"`
	Why      string        `json:"why,omitempty"`
}

// takeOf is a take with some of its gates' lives.
func takeOf(t flight.Take, lives []flight.Life) takeJSON {
	j := takeJSON{Head: render.Headed("take"), Began: t.Began, Samples: len(t.Samples), LeftOut: t.WithoutSamples(), Ended: t.Ended}
	for _, l := range lives {
		of := lifeJSON{Gate: l.Key}
		for _, s := range l.Spans {
			of.Spans = append(of.Spans, spanJSON{
				From: plan.Duration(s.From), To: plan.Duration(s.To), Samples: s.Samples, Age: plan.Duration(s.Age),
				Status: s.Finding.Status.String(), Have: s.Finding.Have, Need: s.Finding.Need, Holds: s.Holds,
				Observed: s.Finding.Observed, Want: s.Finding.Want, Identity: s.Identity, Why: why(l, s),
			})
		}
		j.Lives = append(j.Lives, of)
	}
	return j
}

// replayJSON is a take judged again, for programs.
type replayJSON struct {
	render.Head
	Run     string           `json:"run"`
	Step    plan.StepID      `json:"step"`
	Attempt int              `json:"attempt,omitempty"`
	Began   time.Time        `json:"began"`
	LeftOut int              `json:"left_out,omitempty"`
	Gates   []replayGateJSON `json:"gates"`
	Was     comesTo          `json:"came_to"`
	Now     comesTo          `json:"comes_to"`
	Differs string           `json:"differs,omitempty"` // from the run, judged as it was
}

type replayGateJSON struct {
	Gate     string         `json:"gate"`
	Had      plan.GateSpec  `json:"demanded"`
	Demand   plan.GateSpec  `json:"if_demanded"`
	HeldWas  *plan.Duration `json:"held,omitempty"`
	HoldsNow *plan.Duration `json:"holds,omitempty"`
}

// comesTo is how a step ends: passed, late, or neither.
type comesTo struct {
	Passed *plan.Duration `json:"passed,omitempty"`
	Late   *plan.Duration `json:"late,omitempty"`
	Gates  []string       `json:"late_gates,omitempty"`
}

func (r replayed) json(run string) replayJSON {
	began := r.take.Began
	out := replayJSON{Head: render.Headed("replay"), Run: run, Step: began.Step, Attempt: began.Attempt, Began: began.At, LeftOut: r.take.WithoutSamples(), Differs: r.differs()}
	when := func(d time.Duration) *plan.Duration {
		if d < 0 {
			return nil
		}
		p := plan.Duration(d)
		return &p
	}
	for i, had := range began.Gates {
		was, _ := held(r, r.was, i)
		now, _ := held(r, r.now, i)
		out.Gates = append(out.Gates, replayGateJSON{Gate: had.Gate, Had: had, Demand: r.demands[i], HeldWas: when(was), HoldsNow: when(now)})
	}
	for j, to := range map[*checks.Rejudged]*comesTo{&r.was: &out.Was, &r.now: &out.Now} {
		if !j.Passed.IsZero() {
			to.Passed = when(j.Passed.Sub(began.At))
		}
		if !j.LateAt.IsZero() {
			to.Late, to.Gates = when(j.LateAt.Sub(began.At)), lateNames(j.Late)
		}
	}
	return out
}
