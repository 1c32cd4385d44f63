package checks

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// polled is a gate under way.
type polled struct {
	gate gate
	spec plan.GateSpec
}

// eager is the gate's pause, scaled as the demand is, but for that a node does
// not work faster in a rehearsal.
func (g polled) eager() time.Duration {
	every, usual := g.spec.Every.D(), g.gate.Every
	if g.gate.Eager == 0 || usual == 0 {
		return every
	}
	return min(every, max(minEager, time.Duration(float64(g.gate.Eager)*float64(every)/float64(usual))))
}

// polledSample is a sample of one of a step's gates.
type polledSample struct {
	gate   int
	sample Sample
	pause  chan<- time.Duration // told how long to wait before the next; has room for one
}

// Await asks all gates of the task's step, side by side and again and again,
// until all hold at the same time. It gives back the last finding of each, in
// the step's order, with every error too.
//
// Errors: *GateError when a gate has not held for its Within (counted from the
// beginning, or from when it last held), or the step has not passed within its
// Timeout; the context's error when that ended; any other means that the step
// cannot be asked at all (an unknown gate, a node that is not there, a
// baseline of another node). note is called from one goroutine, only when the
// status, the count or the text of a gate has changed.
func (c *Cluster) Await(ctx context.Context, t plan.Task, note func(dcos.Finding)) ([]dcos.Finding, error) {
	gates, a, err := c.prepare(t)
	if err != nil {
		return nil, fmt.Errorf("step %s: %w", t.Step.ID, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	in := make(chan polledSample)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	if a.awayBefore() && t.Step.Action == plan.ActionReturn {
		c.away.afresh(t.Step.Node)
	}
	b := newBoard(t.Step.Gates, time.Now())
	b.tape = c.tape(t, b.since)
	for i, g := range gates {
		if g.gate.OfNode() { // one that is never answered is of this node all the same
			b.gates[i].verdict.Finding.Node = string(t.Step.Node)
		}
		b.gates[i].eager = g.eager()
	}
	for i, g := range gates {
		wg.Go(func() { poll(ctx, a, g, i, in) })
	}
	at, err := settle(ctx, b, t, in, note)
	b.tape.Ended(at, err)
	var late *GateError
	if errors.As(err, &late) && a.p != nil {
		late.blame(b, a.p.silent(at))
	}
	if late != nil {
		return late.Findings, err
	}
	return b.findings(), err
}

// prepare finds the rows of the step's gates and what to compare with.
func (c *Cluster) prepare(t plan.Task) ([]polled, *gateContext, error) {
	if len(t.Step.Gates) == 0 {
		return nil, nil, fmt.Errorf("it has no gates: nothing would be proved")
	}
	a := &gateContext{c: c}
	var n plan.Node
	if t.Step.Node != "" {
		p, err := c.peer(t.Step.Node)
		if err != nil {
			return nil, nil, err
		}
		a.p, n = p, p.node
	}
	var err error
	if a.expectation, err = c.subject.expectation(t, n); err != nil {
		return nil, nil, err
	}
	a.reapplied = a.p != nil && (reapplied(t, n) || applied(a.base) && verifies(t))
	var gates []polled
	for _, s := range t.Step.Gates {
		r, ok := c.gateOf(s.Gate)
		switch {
		case !ok:
			return nil, nil, fmt.Errorf("there is no gate %q", s.Gate)
		case a.p == nil && r.OfNode():
			return nil, nil, fmt.Errorf("gate %q is asked of a node, and the step has none", s.Gate)
		case a.p != nil && !r.Of(n.Role):
			return nil, nil, fmt.Errorf("gate %q is not asked of a %s (%s)", s.Gate, n.Role, n.Name)
		}
		gates = append(gates, polled{gate: r, spec: s})
	}
	return gates, a, nil
}

// poll asks one gate until the context ends.
func poll(ctx context.Context, a *gateContext, g polled, i int, in chan<- polledSample) {
	pause, good := make(chan time.Duration, 1), false
	for ctx.Err() == nil {
		one := *a
		one.waiting = !good
		s := sample(ctx, &one, g.gate)
		good = s.Finding.Status.OK()
		if ctx.Err() != nil {
			return // an answer that was cut short says nothing about the node
		}
		select {
		case in <- polledSample{i, s, pause}:
		case <-ctx.Done():
			return
		}
		select {
		case d := <-pause:
			rest(ctx, d)
		case <-ctx.Done():
		}
	}
}

// minEager is the least pause that a gate asks for while it waits.
const minEager = 200 * time.Millisecond

// minRest is the least pause between two samples of a gate.
const minRest = 50 * time.Millisecond

// rest waits, or returns early when the context ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// sample asks a gate once.
func sample(ctx context.Context, a *gateContext, r gate) Sample {
	asked := time.Now()
	ans := a.afterSwap(ctx, r, a.afterRestart(ctx, r))
	ans = a.waived(r, ans, asked)
	return Sample{
		Asked: asked, Answered: time.Now(), Evidence: ans.Evidence,
		Finding: bounded(ans.Finding), Identity: identity(ans.Identity), Marks: ans.Marks, Cheap: ans.Cheap,
	}
}

// settle takes samples in until all gates hold or one is late, and says when
// it judged for the last time.
func settle(ctx context.Context, b *board, t plan.Task, in <-chan polledSample, note func(dcos.Finding)) (time.Time, error) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(time.Until(nextLook(b, t)))
		select {
		case <-ctx.Done():
			return time.Now(), fmt.Errorf("step %s: stopped asking: %w", t.Step.ID, ctx.Err())
		case n := <-in:
			b.tape.Sample(n.gate, n.sample)
			if f, changed := b.add(n.gate, n.sample); changed && note != nil {
				note(f)
			}
			n.pause <- b.pause(n.gate, time.Now())
			if b.together(n.sample.Answered) {
				return n.sample.Answered, nil
			}
		case <-timer.C:
		}
		now := time.Now()
		if err := late(b, t, now); err != nil {
			return now, err
		}
	}
}

// nextLook is when a timeout may end.
func nextLook(b *board, t plan.Task) time.Time {
	at := b.deadline()
	if d := t.Step.Timeout.D(); d > 0 {
		if end := b.since.Add(d); at.IsZero() || end.Before(at) {
			at = end
		}
	}
	if at.IsZero() { // all hold, one of them by an answer that is too old: the next sample decides
		at = time.Now().Add(time.Minute)
	}
	return at
}

// late is the error of a step that has timed out.
func late(b *board, t plan.Task, now time.Time) error {
	gates := lateGates(b, t, now)
	if len(gates) == 0 {
		return nil
	}
	return &GateError{Node: t.Step.Node, Late: gates, Findings: b.findingsWith(gates)}
}

// lateGates are those that have timed out in a step.
func lateGates(b *board, t plan.Task, now time.Time) []LateGate {
	gates := b.late(now)
	if d := t.Step.Timeout.D(); len(gates) == 0 && d > 0 && now.Sub(b.since) >= d {
		gates = b.open(now)
	}
	return gates
}
