package rehearse

import (
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// awaiting is a call that waits for the gates of its step, as package checks judges
// them.
type awaiting struct {
	*work
	id    int
	since time.Duration // gates are asked without a gap since then
	waits []time.Duration
	last  []dcos.Finding // of each gate
}

func (w *work) await(id int) {
	a := &awaiting{work: w, id: id, since: w.c.now, waits: make([]time.Duration, len(w.t.Step.Gates)), last: make([]dcos.Finding, len(w.t.Step.Gates))}
	for i := range a.waits {
		a.waits[i] = w.c.now
	}
	a.look()
}

func (a *awaiting) look() {
	c, n := a.c, a.n
	if slept := c.asleep - c.now; slept > 0 { // its time stands still, and nobody knows how the gates were meanwhile
		a.since = c.asleep
		for i := range a.waits {
			a.waits[i] += slept
		}
		c.in(slept, a.look)
		return
	}
	var late []checks.LateGate
	all := true
	for i, g := range a.t.Step.Gates {
		if a.over || a.id != a.calls {
			return
		}
		switch waited := c.now - a.waits[i]; {
		case a.ask(i, g):
			a.waits[i] = c.now
			continue
		case a.last[i].Final || waited >= g.Within.D():
			late = append(late, checks.LateGate{Gate: g.Gate, Waited: waited, Finding: a.last[i]})
		}
		all = false
	}
	switch {
	case all && a.t.Step.Action == plan.ActionServe:
		c.verified[n.Name] = true
		fallthrough
	case all:
		a.give(a.id, steps.Answer{Findings: a.last})
	case late != nil:
		err := &checks.GateError{Node: n.Name, Late: late, Findings: a.last}
		if !n.reachable(c.now) {
			err.Silent = &plan.Silence{Node: n.Name, Since: c.wall(), Why: errRefused.Error()}
		}
		a.give(a.id, steps.Answer{Findings: a.last, Err: err})
	default:
		c.in(poll, a.look)
	}
}

// ask asks one gate, and tells the step of what has changed. It reports whether the gate
// holds.
func (a *awaiting) ask(i int, g plan.GateSpec) bool {
	c, n, last := a.c, a.n, &a.last[i]
	since, status, seen := max(c.since(n, g.Gate), a.since), dcos.Passed, "as it is demanded"
	var away checks.Away
	switch {
	case g.Gate == "registered" && n.out(c.now): // the leader is asked, not the node
		away = c.away(n)
		status, seen = dcos.Failed, "not listed, "+away.String()
	case !n.reachable(c.now):
		status, seen = dcos.Unknown, "the node does not answer"
	case c.now < since:
		status, seen = dcos.Failed, "not yet"
	}
	holds := status.OK() && c.now >= plus(since, max(g.Span.D(), time.Duration(g.Need-1)*g.Every.D()))
	if status != last.Status || seen != last.Observed {
		*last = dcos.Finding{Check: g.Gate, Node: string(n.Name), Status: status, Observed: seen, Want: "as the gate demands", Need: max(g.Need, 1), At: c.wall(), Final: away.Spent()}
		f := *last
		a.hear(&steps.Answer{Finding: &f, Away: c.away(n)})
	}
	return holds
}
