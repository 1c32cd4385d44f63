package orchestrator

import (
	"cmp"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

func (r *run) start(t plan.Task) error {
	if err := r.ctx.Err(); err != nil {
		return r.abandon()
	}
	if err := r.fact(journal.Event{Kind: journal.StepStarted, Step: t.Step.ID, Node: t.Step.Node, Attempt: t.Attempt, Remedy: t.Remedy, Detail: t.Proof}); err != nil {
		return err
	}
	id, node := t.Step.ID, t.Step.Node
	if r.s.Refused() {
		return nil
	}
	note := func(n plan.Note) {
		r.tell(journal.Event{Kind: journal.StepNoted, Step: id, Node: node, Note: &n})
	}
	r.working++
	r.wg.Go(func() {
		rep := guarded(func() plan.Report { return r.d.Actor.Do(r.ctx, t, note) })
		r.tell(journal.Event{Kind: journal.StepEnded, Step: id, Node: node, Report: &rep})
	})
	return nil
}

func (r *run) reconcile(t plan.Task) {
	if r.looking[t.Step.ID] {
		return
	}
	r.looking[t.Step.ID] = true
	r.wg.Go(func() {
		rep := guarded(func() plan.Report { return r.d.Actor.Reconcile(r.ctx, t) })
		r.tell(journal.Event{Kind: journal.Reconciled, Step: t.Step.ID, Node: t.Step.Node, Report: &rep})
	})
}

func (r *run) undo(u plan.Undoing) {
	at := owedAt{u.Kind, u.Node}
	if r.undoing[at] {
		return
	}
	r.undoing[at] = true
	r.wg.Go(func() {
		rep := guarded(func() plan.Report { return r.d.Actor.Undo(r.ctx, u) })
		e := journal.Event{Kind: journal.ObligationClosed, Node: u.Node, Obligation: &journal.Obligation{ID: u.Kind, Nodes: []inventory.NodeName{u.Node}}}
		if rep.Outcome != plan.Done {
			e.Kind, e.Detail = journal.UndoFailed, cmp.Or(rep.Detail, "nobody knows how it ended")
		}
		r.tell(e)
	})
}

func (r *run) observe(ask plan.Ask) {
	if r.observing {
		return
	}
	r.observing = true
	asked, pause := r.s.Seq, time.Duration(0)
	if r.red {
		pause = cmp.Or(r.d.Pace, pace)
	}
	r.wg.Go(func() {
		select {
		case <-time.After(pause):
		case <-r.ctx.Done():
			return
		}
		at := r.now()
		obs := r.d.Observer.Observe(r.ctx, ask)
		r.tell(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: asked, AskedAt: at})
	})
}

// tell hands news to the loop, unless the run is being left.
func (r *run) tell(e journal.Event) {
	select {
	case r.news <- e:
	case <-r.ctx.Done():
	}
}

// guarded turns a panic of an actor into a step in doubt: the run must end in
// good order, and nobody knows what was done.
func guarded(f func() plan.Report) (rep plan.Report) {
	defer func() {
		if p := recover(); p != nil {
			rep = plan.Report{Outcome: plan.InDoubt, Detail: fmt.Sprintf("internal error: %v", p)}
		}
	}()
	return f()
}
