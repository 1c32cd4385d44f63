package replay

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// Demand is a gate's other demand.
type Demand struct {
	Gate string        // empty: of every gate
	Need int           // 0: as it was
	Span time.Duration // negative: as it was
}

// of gives a step's gates the other demand.
func (d Demand) of(specs []plan.GateSpec) []plan.GateSpec {
	now := slices.Clone(specs)
	for i := range now {
		if d.Gate != "" && now[i].Gate != d.Gate {
			continue
		}
		if d.Need > 0 {
			now[i].Need = d.Need
		}
		if d.Span >= 0 {
			now[i].Span = plan.Duration(d.Span)
		}
	}
	return now
}

func (d Demand) changes() bool { return d.Need > 0 || d.Span >= 0 }

// replayed is a take judged as it was, and under other demands.
type replayed struct {
	name     string
	take     flight.Take
	demands  []plan.GateSpec
	was, now checks.Rejudged
}

// replay judges a take. flight.ErrLooks means that it has no gates.
func (d Demand) replay(name string, t flight.Take) (replayed, error) {
	r := replayed{name: name, take: t, demands: d.of(t.Began.Gates)}
	rec, err := t.Recorded()
	if err != nil {
		return r, err
	}
	if r.was, err = checks.Rejudge(rec, rec.Gates); err == nil {
		r.now, err = checks.Rejudge(rec, r.demands)
	}
	return r, err
}

// differs says how the take, judged as it was, differs from what the run
// recorded as its end; empty: not at all.
func (r replayed) differs() string {
	e := r.take.Ended
	passed := r.was.Passed.Sub(r.take.Began.At)
	switch {
	case e == nil || e.Why != "":
		if r.was.Passed.IsZero() && r.was.LateAt.IsZero() {
			return ""
		}
		return "the run did not see its end"
	case e.Held && (r.was.Passed.IsZero() || passed != e.After.D()):
		return "in the run " + endedWords(r.take)
	case !e.Held && (r.was.LateAt.IsZero() || !slices.Equal(lateNames(r.was.Late), e.Late)):
		return "in the run " + endedWords(r.take)
	}
	return ""
}

func lateNames(late []checks.LateGate) []string {
	var names []string
	for _, l := range late {
		names = append(names, l.Gate)
	}
	return names
}

// Replay is takes judged again.
type Replay struct {
	Demand Demand
	takes  []replayed
}

// Judge judges takes again, as they were and under another demand. What cannot be
// judged is an error, and the others are judged.
func Judge(takes []flight.Take, d Demand) (p Replay, err error) {
	p.Demand = d
	seen := map[string]int{}
	for _, t := range takes {
		r, rerr := d.replay(takeName(t, seen), t)
		switch {
		case errors.Is(rerr, flight.ErrLooks):
		case rerr != nil:
			err = errors.Join(err, fmt.Errorf("step %s: %w", r.name, rerr))
		case d.Gate == "" || slices.ContainsFunc(t.Began.Gates, func(g plan.GateSpec) bool { return g.Gate == d.Gate }):
			p.takes = append(p.takes, r)
		}
	}
	return p, err
}

// Empty reports whether there was nothing to judge.
func (p Replay) Empty() bool { return len(p.takes) == 0 }

// Differs reports whether a take, judged as it was, differs from the run: an error of
// ours.
func (p Replay) Differs() bool {
	return slices.ContainsFunc(p.takes, func(r replayed) bool { return r.differs() != "" && r.take.WithoutSamples() == 0 })
}

// Replayed says what takes come to.
func (o JSON) Replayed(run string, p Replay) error {
	for _, r := range p.takes {
		if err := render.Value(o.W, r.json(run)); err != nil {
			return err
		}
	}
	return nil
}
