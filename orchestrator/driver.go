package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Driver carries out what Next decides, and feeds back what happened. It is
// the one place of the project where lanes run side by side; no goroutine
// outlives Run.
type Driver struct {
	Actor    Actor
	Observer Observer
	Recorder Recorder
	Sink     func(journal.Event, State) // told of every event once it is durable; called from one goroutine; may be nil
	Pace     time.Duration              // pause before another look at a cluster that was not green; 0 means 2 s
	Now      func() time.Time           // nil means time.Now
	Owes     []journal.Obligation       // opened right after the first event, unless they are open

	// Owned is asked when the controller wakes from a sleep that was so long, before
	// anything else is done: nil means that it still has the run, a *TakenOverError
	// that it has not. After any other error it is asked again. May be nil.
	Owned func(ctx context.Context, slept time.Duration) error

	next func(State, journal.Event) (State, []Command) // nil means Next; a test's may be broken
}

// TakenOverError, as the cause of a context's end, means that another
// controller has the run: this one stops at once, and changes nothing more.
type TakenOverError struct{ Detail string }

func (e *TakenOverError) Error() string {
	return "this controller has lost the run: " + e.Detail
}

// RecordError means that an event could not be made durable. Nothing was done
// on its strength; what was under way on nodes goes on there.
type RecordError struct{ Err error }

func (e *RecordError) Error() string {
	return fmt.Sprintf("writing the journal: %v; nothing more was started", e.Err)
}

func (e *RecordError) Unwrap() error { return e.Err }

// Run folds first into s and goes on until the run has ended. A value on pause
// asks to admit nothing more; cancelling ctx stops watching: what runs on nodes
// goes on there, and a later resume finds out how it ended (with a
// *TakenOverError as its cause, that is another controller's business). The error is a
// *RecordError; how the run ended is in the State.
func (d *Driver) Run(ctx context.Context, s State, first journal.Event, pause <-chan struct{}) (State, error) {
	watch, stop := context.WithCancel(ctx)
	r := &run{d: d, ctx: watch, s: s, news: make(chan journal.Event), looking: map[plan.StepID]bool{}, undoing: map[owedAt]bool{}}
	r.awakeAt = r.now()
	err := r.loop(first, pause)
	stop()
	r.drain()
	return r.s, err
}

// pace is the pause before another look where the driver's user names none.
const pace = 2 * time.Second

// run is one call of Driver.Run. Its fields belong to the loop's goroutine;
// workers speak through news alone.
type run struct {
	d    *Driver
	ctx  context.Context
	s    State
	cmds []Command
	news chan journal.Event
	wg   sync.WaitGroup

	observing bool
	red       bool // the last observation admitted nothing
	looking   map[plan.StepID]bool
	undoing   map[owedAt]bool
	working   int // steps being done
	awakeAt   time.Time
}

func (r *run) loop(first journal.Event, pause <-chan struct{}) error {
	if err := r.fact(first); err != nil {
		return err
	}
	if err := r.open(); err != nil {
		return err
	}
	for {
		if err := r.awake(); err != nil {
			return err
		}
		again, err := r.perform()
		switch {
		case err != nil:
			return err
		case again:
			continue
		case r.s.Ended != "":
			return nil
		}
		select {
		case e := <-r.news:
			err = r.heard(e)
		case <-pause:
			pause = nil
			err = r.fact(journal.Event{Kind: journal.Paused})
		case <-r.wake():
			r.cmds = r.tick()
		case <-r.ctx.Done():
			return r.abandon()
		}
		if err != nil {
			return err
		}
	}
}

// open records what the run owes from its beginning.
func (r *run) open() error {
	for _, o := range r.d.Owes {
		if r.s.OwesFor(o.ID) {
			continue
		}
		if err := r.fact(journal.Event{Kind: journal.ObligationOpened, Obligation: &o}); err != nil {
			return err
		}
	}
	return nil
}

// fact makes an event durable and folds it.
func (r *run) fact(e journal.Event) error {
	e.Seq, e.At = r.s.Seq+1, r.now()
	if err := r.d.Recorder.Record(e); err != nil {
		return &RecordError{Err: err}
	}
	r.s, r.cmds = r.d.fold(r.s, e)
	if r.d.Sink != nil {
		r.d.Sink(e, r.s)
	}
	return nil
}

func (d *Driver) fold(s State, e journal.Event) (State, []Command) {
	if d.next != nil {
		return d.next(s, e)
	}
	return Next(s, e)
}

func (r *run) now() time.Time {
	if r.d.Now != nil {
		return r.d.Now()
	}
	return time.Now()
}

// perform carries out the first command that is not under way, and reports
// whether it changed the state, so that there are new commands.
func (r *run) perform() (bool, error) {
	r.reconsider()
	for _, c := range r.cmds {
		switch {
		case c.Record != nil:
			return true, r.unlessRefused(r.fact(*c.Record))
		case c.Start != nil:
			return true, r.unlessRefused(r.start(*c.Start))
		case c.Reconcile != nil:
			r.reconcile(*c.Reconcile)
		case c.Undo != nil:
			r.undo(*c.Undo)
		case c.Observe != nil:
			r.observe(*c.Observe)
		}
	}
	return false, nil
}

// reconsider decides again when time has passed since the last event, as on a
// laptop that slept in between: what was fresh then may be too old to act on.
func (r *run) reconsider() {
	if elapsed.Most(r.s.At, r.now()) > lately {
		r.cmds = r.tick()
	}
}

func (r *run) tick() []Command {
	if r.d.next != nil {
		return r.cmds
	}
	return Tick(r.s, r.now())
}

// lately is how long after an event the commands that followed from it are
// carried out without another thought.
const lately = time.Second

// unlessRefused ends the run when the fold did not agree with what the engine
// had decided: who decides so is not to be followed any further.
func (r *run) unlessRefused(err error) error {
	if err != nil || !r.s.Refused() || r.s.Ended != "" {
		return err
	}
	return r.fact(journal.Event{Kind: journal.RunStopped, Stop: r.s.Stop})
}

// heard folds news of a worker.
func (r *run) heard(e journal.Event) error {
	switch e.Kind {
	case journal.StepEnded:
		r.working--
	case journal.Reconciled:
		delete(r.looking, e.Step)
	case journal.Observed:
		r.observing = false
	case journal.ObligationClosed, journal.UndoFailed:
		delete(r.undoing, owedAt{e.Obligation.ID, e.Node})
	}
	if r.ctx.Err() != nil && e.Kind != journal.StepNoted {
		return r.abandon() // it may say only that we stopped watching
	}
	if r.repeats(e) {
		r.red, r.cmds = true, r.tick()
		return nil
	}
	if err := r.fact(e); err != nil {
		return err
	}
	if e.Kind == journal.Observed { // one that came too late is asked again at once
		r.red = !e.Observation.Green || r.s.ticket != nil && !admits(r.cmds)
	}
	return nil
}

func admits(cmds []Command) bool {
	return len(cmds) > 0 && (cmds[0].Start != nil || cmds[0].Record != nil && cmds[0].Record.Kind != journal.Held)
}

// abandon records that nobody watches any more. Steps under way stay without
// an end in the journal: a resume looks first.
func (r *run) abandon() error {
	var over *TakenOverError
	if errors.As(context.Cause(r.ctx), &over) {
		return r.fact(journal.Event{Kind: journal.RunStopped, Stop: &journal.Stop{Reason: journal.StopTakenOver, Detail: over.Detail}})
	}
	detail := "stopped watching"
	if owed := r.s.Owed(); len(owed) > 0 {
		detail = fmt.Sprintf("stopped watching; %s may still be running on %s", owed[0].ID, owed[0].Node)
	}
	return r.fact(journal.Event{Kind: journal.RunStopped, Stop: &journal.Stop{Reason: journal.StopInterrupted, Detail: detail}})
}

// drain waits for the workers. What they still say is not a fact any more.
func (r *run) drain() { r.wg.Wait() }
