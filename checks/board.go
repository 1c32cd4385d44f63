package checks

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/plan"
)

// board is the state of a step's gates. It is pure: times come with samples.
type board struct {
	since time.Time // when the step began
	gates []gateState
	tape  Tape // where samples go besides; nothing is read from it
}

// gateState is one gate's samples and what follows from them.
type gateState struct {
	spec    plan.GateSpec
	eager   time.Duration // pause while no streak is under way, at first
	samples []Sample
	verdict Verdict
	waits   time.Time // since when the timeout runs: the step's beginning, or the last moment that it held
	told    dcos.Finding
	toldYet bool
	bad     time.Time // since when every answer was bad; zero: the last was good
}

func newBoard(specs []plan.GateSpec, since time.Time) *board {
	b := &board{since: since, gates: make([]gateState, len(specs)), tape: blank{}}
	for i, s := range specs {
		b.gates[i] = gateState{spec: s, eager: s.Every.D(), waits: since, verdict: Judge(nil, s, since)}
	}
	return b
}

// keptSamples bounds what a gate remembers. It is far more than any streak needs,
// and a streak that is longer holds anyway.
const keptSamples = 500

// add enters a sample of gate i, and reports whether people should be told:
// when status, count or text have changed.
func (b *board) add(i int, s Sample) (f dcos.Finding, news bool) {
	g := &b.gates[i]
	g.samples = append(g.samples, s)
	if len(g.samples) > keptSamples {
		g.samples = append([]Sample(nil), g.samples[len(g.samples)-keptSamples/2:]...)
	}
	g.verdict = Judge(g.samples, g.spec, b.since)
	if g.verdict.Holds {
		g.waits = s.Answered
	}
	switch good := g.verdict.Finding.Status.OK(); {
	case good:
		g.bad = time.Time{}
	case g.bad.IsZero():
		g.bad = s.Answered
	}
	g.verdict.Finding.Since = g.bad
	f = g.verdict.Finding
	news = !g.toldYet || f.Status != g.told.Status || f.Observed != g.told.Observed || f.Have != g.told.Have
	if news {
		g.told, g.toldYet = f, true
	}
	return f, news
}

// patienceShare is which part of the wait so far the pause of a gate that does
// not hold may be: who has waited for long is not asked as often any more, and
// what it waits for is still noticed at once, as such waits go.
const patienceShare = 150

// pause is how long after a sample's answer gate i is asked again: soon while
// it waits for its first good answer, or has lasted and lacks something else;
// else by its pace, and just when its span is over.
func (b *board) pause(i int, now time.Time) time.Duration {
	g := &b.gates[i]
	every, soon := g.spec.Every.D(), g.eager
	if n := len(g.samples); n > 0 && g.samples[n-1].Cheap {
		soon = min(soon, minEager)
	}
	lacks := g.verdict.Since.Add(g.spec.Span.D()).Sub(now)
	d := every
	switch {
	case g.verdict.Holds:
	case !g.verdict.Since.IsZero() && lacks > 0:
		d = min(every, lacks)
	default:
		d = min(every, max(soon, now.Sub(g.waits)/patienceShare))
	}
	return max(d, minRest)
}

// together reports whether all gates hold at a moment, each by a sample that
// is still fresh then.
func (b *board) together(now time.Time) bool {
	for _, g := range b.gates {
		if !g.verdict.Holds || elapsed.Most(g.samples[len(g.samples)-1].Answered, now) > gapLimit(g.spec) {
			return false
		}
	}
	return len(b.gates) > 0
}

// deadline is the next moment at which a gate that does not hold runs out of
// time; zero when all hold.
func (b *board) deadline() time.Time {
	var first time.Time
	for _, g := range b.gates {
		at := g.waits.Add(g.spec.Within.D())
		if !g.verdict.Holds && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// late lists the gates that have timed out, or will never hold.
func (b *board) late(now time.Time) []LateGate {
	var late []LateGate
	for _, g := range b.gates {
		if !g.verdict.Holds && (g.verdict.Finding.Final || now.Sub(g.waits) >= g.spec.Within.D()) {
			late = append(late, g.lateSince(g.waits, now))
		}
	}
	return late
}

// open lists the gates that do not hold; all of them when each does, but never
// together.
func (b *board) open(now time.Time) []LateGate {
	var open, all []LateGate
	for _, g := range b.gates {
		l := g.lateSince(b.since, now)
		all = append(all, l)
		if !g.verdict.Holds {
			open = append(open, l)
		}
	}
	if len(open) == 0 {
		return all
	}
	return open
}

func (g gateState) lateSince(from, now time.Time) LateGate {
	waited := now.Sub(from)
	return LateGate{Gate: g.spec.Gate, Waited: waited, Finding: g.lateFinding(waited)}
}

// findings are the last of every gate.
func (b *board) findings() []dcos.Finding {
	fs := make([]dcos.Finding, len(b.gates))
	for i, g := range b.gates {
		fs[i] = g.verdict.Finding
	}
	return fs
}
