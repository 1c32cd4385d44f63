package checks

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Recorded is a step as a Recorder was told of it.
type Recorded struct {
	Node    inventory.NodeName
	Began   time.Time
	Timeout time.Duration // of the whole step; 0: none
	Gates   []plan.GateSpec
	Samples []Taken   // in the order in which they were judged
	Ended   time.Time // when it was judged for the last time; zero: not recorded
}

// Taken is one sample of a step.
type Taken struct {
	Gate    int // index into Gates
	Sample  Sample
	LeftOut int // samples of any gate that are not there any more, just before this one
}

// Judged is a sample with what its gate made of it.
type Judged struct {
	Taken
	Verdict Verdict
	News    bool // status, count or text have changed: people were told
}

// Rejudged is what a recorded step comes to.
type Rejudged struct {
	Passed   time.Time      // when all gates held together; zero: never
	LateAt   time.Time      // when a timeout ended; zero: never, or after Passed
	Late     []LateGate     // the gates that had timed out
	Findings []dcos.Finding // of every gate, at that moment, or with the last sample
	Samples  []Judged       // all, also those after that moment
}

// Rejudge judges a recorded step again, without the cluster: as the run did,
// or with other demands of its gates. It is a pure function.
//
// With the demands that the run had, and no sample left out, it comes to what
// Await came to, at the same moment. One thing differs: an operator's own gate that was
// never answered names no node, since a record does not say whether the gate is asked
// of the node or of the cluster. With others it knows only what was asked:
// a step that passed was not asked again, so that a harder demand may be
// neither met nor missed. Where samples were left out every streak begins again.
func Rejudge(r Recorded, demands []plan.GateSpec) (Rejudged, error) {
	if len(demands) != len(r.Gates) {
		return Rejudged{}, fmt.Errorf("%d demands for %d gates", len(demands), len(r.Gates))
	}
	b := newBoard(demands, r.Began)
	for i, d := range demands {
		if g, known := gates.Find(d.Gate); known && g.OfNode() { // as in Await
			b.gates[i].verdict.Finding.Node = string(r.Node)
		}
	}
	var out Rejudged
	for _, s := range r.Samples {
		if s.Gate < 0 || s.Gate >= len(demands) {
			return Rejudged{}, fmt.Errorf("a sample of gate %d, where the step has %d", s.Gate, len(demands))
		}
		out.timeOut(b, r.Gates, s.Sample.Answered)
		if s.LeftOut > 0 {
			b.interrupt(s.LeftOut, s.Sample.Asked)
		}
		_, news := b.add(s.Gate, s.Sample)
		out.Samples = append(out.Samples, Judged{s, b.gates[s.Gate].verdict, news})
		if out.open() && b.together(s.Sample.Answered) {
			out.Passed, out.Findings = s.Sample.Answered, b.findings()
		}
	}
	if out.open() && !r.Ended.IsZero() {
		step := plan.Task{Step: plan.Step{Timeout: plan.Duration(r.Timeout)}}
		out.end(b, r.Ended, lateGates(b, step, r.Ended))
	}
	if out.Findings == nil {
		out.Findings = b.findings()
	}
	return out, nil
}

// open reports whether the step's end is still to come.
func (r *Rejudged) open() bool { return r.Passed.IsZero() && r.LateAt.IsZero() }

// timeOut ends the step if a gate had timed out before now. A gate with
// the demand that the run had was not: the run took another sample.
func (r *Rejudged) timeOut(b *board, had []plan.GateSpec, now time.Time) {
	if !r.open() {
		return
	}
	var first time.Time
	for i, g := range b.gates {
		at := g.waits.Add(g.spec.Within.D())
		if g.spec != had[i] && !g.verdict.Holds && at.Before(now) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if !first.IsZero() {
		r.end(b, first, b.late(first))
	}
}

func (r *Rejudged) end(b *board, at time.Time, late []LateGate) {
	if len(late) > 0 {
		r.LateAt, r.Late, r.Findings = at, late, b.findingsWith(late)
	}
}

// interrupt begins every streak again: what was answered in between is not known.
func (b *board) interrupt(samples int, at time.Time) {
	gap := dcos.Finding{Status: dcos.Unknown, Observed: fmt.Sprintf("%d samples were left out here", samples)}
	for i := range b.gates {
		gap.Check = b.gates[i].spec.Gate
		b.add(i, Sample{Asked: at, Answered: at, Finding: gap})
	}
}
