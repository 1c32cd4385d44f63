package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// runner is one run under way on this controller.
type runner struct {
	*app
	*session
	store  journal.Store
	run    string
	lock   *patcher.Lock
	plan   *plan.Plan
	script []byte
	file   *journal.File
}

// prepare writes what a resume needs, before anything is touched.
func (r *runner) prepare() error {
	b, err := plan.Marshal(r.plan)
	if err != nil {
		return err
	}
	if err := errors.Join(r.store.Write(r.run, journal.PlanFile, b), r.store.Write(r.run, journal.ScriptFile, r.script)); err != nil {
		return err
	}
	r.file, err = journal.Create(r.store.Path(r.run, journal.JournalFile))
	return err
}

// pollScript is the pause between two looks at a running script.
const pollScript = 2 * time.Second

// drive runs until the run has ended, and says how.
func (r *runner) drive(ctx context.Context, pause <-chan struct{}, s orchestrator.State, first journal.Event) error {
	defer r.file.Close()
	cluster := checks.New(probers{r.pool}, r.plan)
	copies := startCopies(context.WithoutCancel(ctx), r)
	sink := r.sink()
	d := &orchestrator.Driver{
		Actor:    &patcher.Patcher{Nodes: hosts{r.pool}, Gates: cluster, Script: r.script, Owner: owner(), Poll: scaled(pollScript, r.plan)},
		Observer: observer{cluster},
		Recorder: r.file,
		Pace:     scaled(pollScript, r.plan),
		Sink: func(e journal.Event, s orchestrator.State) {
			sink(e)
			if e.Kind == journal.StepEnded || e.Kind == journal.RunStarted {
				copies.want()
			}
		},
	}
	s, err := d.Run(ctx, s, first, pause)
	copies.finish()
	if err != nil {
		return err
	}
	return r.conclude(context.WithoutCancel(ctx), s)
}

// releaseWithin bounds the giving back of the lock.
const releaseWithin = 30 * time.Second

// conclude gives the lock back where nothing is owed, and reports.
func (r *runner) conclude(ctx context.Context, s orchestrator.State) error {
	ctx, cancel := context.WithTimeout(ctx, releaseWithin)
	defer cancel()
	var lockErr error
	kept := s.Ended != journal.RunDone && s.Begun()
	if !kept {
		lockErr = r.lock.Release(ctx, s.Epoch)
	}
	if r.output == "text" {
		fmt.Fprint(r.out, ending(s), closing(s, r.run, kept))
	}
	if lockErr != nil {
		fmt.Fprintf(r.err, "dcos-patch: %v\n  next  dcos-patch lock break --reason \"left by %s\"\n", lockErr, r.run)
	}
	if code := stopCode(s); code != exitDone {
		return &codeError{code}
	}
	return nil
}

// sink prints events in the chosen format.
func (r *runner) sink() func(journal.Event) {
	if r.output == "json" {
		j := render.JSON{W: r.out}
		return func(e journal.Event) { _ = j.Event(e) } // a reader that went away does not stop a run
	}
	t := render.Text{W: r.out}
	return func(e journal.Event) {
		if e.Kind != journal.RunStopped && e.Kind != journal.RunDone { // the ending says it, with what comes next
			_ = t.Event(e)
		}
	}
}

// observer is the cluster as the engine sees it.
type observer struct{ cluster *checks.Cluster }

func (o observer) Observe(ctx context.Context, _ *plan.Plan, ask plan.Ask) plan.Observation {
	return o.cluster.Observe(ctx, ask)
}

// leastPause keeps rehearsals from asking without a breath.
const leastPause = 100 * time.Millisecond

// scaled shortens a pause for rehearsals.
func scaled(d time.Duration, p *plan.Plan) time.Duration {
	if p.TimeScale <= 0 || p.TimeScale >= 1 {
		return d
	}
	return max(time.Duration(float64(d)*p.TimeScale), leastPause)
}
