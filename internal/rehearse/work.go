package rehearse

import (
	"context"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/nodemodel"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
	"github.com/dcos-patch/dcos-patch/steps"
)

// poll is the pause between two looks at a step under way.
const poll = 5 * time.Second

// work is one of the product's own steps under way. It decides; the twin answers its
// calls, as package patcher would.
type work struct {
	c    *controller
	t    plan.Task
	n    *host // nil for a step of the cluster
	m    steps.Machine
	note func(plan.Note)   // neither is called once nobody waits
	end  func(plan.Report) //

	calls     int // made so far; an answer to an earlier one is dropped
	call      steps.Call
	stopped   bool // nobody waits for it any more
	over      bool // it has ended, or its controller has died
	framework nodemodel.Framework
}

// carry begins a step.
func (c *controller) carry(t plan.Task, m steps.Machine, note func(plan.Note), end func(plan.Report)) *work {
	w := &work{c: c, t: t, n: c.byName[t.Step.Node], m: m, note: note, end: end}
	c.works = append(c.works, w)
	c.in(0, func() { w.give(0, steps.Answer{}) })
	return w
}

// stop stops watching: what runs on nodes goes on there, and steps hear that nobody
// waits for them any more.
func (c *controller) stop() {
	for _, w := range c.works {
		w.stopped = true
		w.breakOff(0, context.Canceled)
	}
	c.works = nil
}

// breakOff ends the call under way after a while, unless it has ended then.
func (w *work) breakOff(after time.Duration, why error) {
	if id := w.calls; why == context.DeadlineExceeded || !w.call.Anyway {
		w.c.in(after, func() { w.give(id, steps.Answer{Err: w.lost(why), Expired: why == context.DeadlineExceeded}) })
	}
}

func (w *work) lost(why error) error {
	return &sshexec.LostError{Node: string(w.t.Step.Node), Err: why}
}

// give hands the answer to a call to the step, once the controller is awake.
func (w *work) give(call int, a steps.Answer) {
	switch c := w.c; {
	case w.over || call != w.calls:
	case c.now < c.asleep:
		kept := a
		c.in(c.asleep-c.now, func() { w.give(call, kept) })
	default:
		w.hear(&a)
	}
}

// hear has the step decide on an answer, and does what it wants.
func (w *work) hear(a *steps.Answer) {
	a.At, a.Stopped = w.c.wall(), w.stopped
	move := w.m.Next(*a)
	for _, n := range move.Notes {
		if !w.stopped {
			w.note(n)
		}
		if w.over {
			return
		}
	}
	switch {
	case move.End != nil:
		w.over = true
		w.c.works = slices.DeleteFunc(w.c.works, func(o *work) bool { return o == w })
		if !w.stopped {
			w.end(*move.End)
		}
	case move.Call.Do != 0:
		w.make(move.Call)
	}
}

// make makes a call. One whose time is over is broken off; what it was to do happens
// all the same.
func (w *work) make(call steps.Call) {
	limit := never
	if !call.By.IsZero() {
		limit = max(call.By.Sub(w.c.wall()), 0)
	}
	if call.Within > 0 {
		limit = min(limit, call.Within)
	}
	w.calls++
	w.call = call
	takes := w.takes(&w.call)
	switch id := w.calls; {
	case w.stopped && !call.Anyway:
		w.breakOff(0, context.Canceled)
		return
	case call.Do == steps.Pause:
		w.c.in(min(takes, limit), func() { w.give(id, steps.Answer{}) })
		return
	case call.Do == steps.SideBySide:
		w.sideBySide(id, call.Parts)
	case call.Do == steps.Await:
		w.await(id)
	case call.Do == steps.Observe:
		obs := w.c.look()
		w.c.in(takes, func() { w.give(id, steps.Answer{Observation: obs}) })
	case call.Do >= steps.Look && !w.n.reachable(w.c.now):
		w.c.in(takes, func() { w.give(id, steps.Answer{Err: w.n.silent, Unsent: true}) })
	case call.Do >= steps.Claim:
		sent := call
		w.c.in(takes, func() { w.ask(id, &sent) })
	default:
		w.c.in(takes, func() {
			if !w.over && id == w.calls {
				w.ask(id, &w.call)
			}
		})
	}
	if limit < takes {
		w.breakOff(limit, context.DeadlineExceeded)
	}
}

// ask is a call that arrives.
func (w *work) ask(id int, call *steps.Call) {
	switch {
	case call.Do < steps.Look:
		w.give(id, w.atLeader(call))
	case !w.n.reachable(w.c.now):
		w.give(id, steps.Answer{Err: w.lost(errCut)})
	case call.Do == steps.Launch, call.Do == steps.FinishSwap:
		w.change(id, call)
	default:
		w.give(id, w.atNode(call))
	}
}

// sideBySide carries out several steps, and answers once all have ended.
func (w *work) sideBySide(id int, parts []steps.Part) {
	reports, left := make([]plan.Report, len(parts)), len(parts)
	for i, p := range parts {
		w.c.carry(p.Task, p.Machine, w.note, func(rep plan.Report) {
			reports[i] = rep
			if left--; left == 0 {
				w.give(id, steps.Answer{Reports: reports})
			}
		})
	}
}
