package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
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
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	nodes := fencedHosts{hosts{r.pool}, lose}
	claim := node.Claim{Epoch: first.Epoch, Run: r.run, Owner: r.who(), Cluster: r.plan.Cluster.ID}
	samples := startRecording(r)
	cluster := r.checks(r.plan, r.run).Recording(samples)
	copies := startCopies(context.WithoutCancel(ctx), r, nodes, claim)
	var beats *heartbeat
	print, stopping := r.sink(), r.stopping()
	d := &orchestrator.Driver{
		Actor:    &patcher.Patcher{Nodes: nodes, Gates: cluster, Leaders: cluster, Script: r.script, Owner: r.who(), Poll: scaled(pollScript, r.plan)},
		Observer: observer{cluster},
		Recorder: r.file,
		Pace:     scaled(pollScript, r.plan),
		Owes:     r.owes(),
		Owned:    func(ctx context.Context) error { return r.owned(ctx, first.Epoch) },
		Sink: func(e journal.Event, s orchestrator.State) {
			if beats == nil { // the first event is durable: from here on this controller has the run
				beats = startHeartbeat(context.WithoutCancel(ctx), r, nodes, claim)
			}
			print(e)
			stopping(e, s)
			samples.tell()
			switch e.Kind {
			case journal.StepEnded, journal.RunStarted, journal.RunResumed:
				copies.want()
			}
		},
	}
	s, err := d.Run(ctx, s, first, pause)
	if err != nil {
		r.unrecorded(context.WithoutCancel(ctx), s, cluster)
	} else {
		s = r.lastLook(context.WithoutCancel(ctx), s, cluster, print)
	}
	samples.finish()
	copies.finish()
	beats.end()
	if err != nil {
		r.ended = &concluded{run: r.run, state: s}
		return err
	}
	return r.conclude(ctx, pause, s, print)
}

// owned asks the masters whether this controller still has the run.
func (r *runner) owned(ctx context.Context, epoch int) error {
	err := r.lock.Held(ctx, epoch)
	if lost := (*patcher.LostError)(nil); errors.As(err, &lost) {
		return &orchestrator.TakenOverError{Detail: lost.Why}
	}
	return err
}

// lookWithin bounds the last look: somebody is waiting to leave.
const lookWithin = 15 * time.Second

// lastLook asks the masters once more as a run is left unfinished: whether it
// is safe to leave is said from what they answer, not from memory. What cannot
// be read is not well.
func (r *runner) lastLook(ctx context.Context, s orchestrator.State, cluster *checks.Cluster, print func(journal.Event)) orchestrator.State {
	if s.Ended != journal.RunStopped || s.TakenOver() {
		return s
	}
	asked := time.Now()
	obs := look(ctx, cluster)
	e := journal.Event{Seq: s.Seq + 1, At: time.Now(), Kind: journal.Observed, Observation: &obs, Asked: s.Seq, AskedAt: asked}
	if err := r.file.Record(e); err != nil {
		say(r.err, "dcos-patch: the last look at the cluster is not in the journal: %v", err)
	}
	print(e)
	s, _ = orchestrator.Next(s, e)
	return s
}

func look(ctx context.Context, cluster *checks.Cluster) plan.Observation {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	obs := cluster.Observe(ctx, plan.Ask{})
	obs.Tasks = nil
	return obs
}

// unrecorded says whether it is safe to leave a run whose journal could not be
// written.
func (r *runner) unrecorded(ctx context.Context, s orchestrator.State, cluster *checks.Cluster) {
	if r.output != "text" || s.Plan == nil {
		return
	}
	obs := look(ctx, cluster)
	s.Look, s.LookAt = &obs, time.Now()
	fmt.Fprint(r.out, r.program().Leave(s, s.LookAt))
}

// owes are the obligations that a run has from its beginning.
func (r *runner) owes() []journal.Obligation {
	return []journal.Obligation{journal.Owe(plan.OwesLock, r.lock.Masters...), journal.Owe(plan.OwesCopies, r.lock.Masters...)}
}

// releaseWithin bounds the giving back of the lock: a sudo may take tens of seconds.
const releaseWithin = 2 * time.Minute

// conclude gives the lock back where nothing is owed, and reports. A run that
// another controller has taken over is left to it, the lock too. What ends ctx
// ends nothing of that, but the making of a failure pack.
func (r *runner) conclude(ctx context.Context, interrupted <-chan struct{}, s orchestrator.State, print func(journal.Event)) error {
	var lockErr error
	if !s.Kept() {
		s, lockErr = r.giveBack(context.WithoutCancel(ctx), s, print)
	}
	said := func(p render.Program) string {
		return p.Ending(s) + render.WarnedLines(warnedIn(r.store, r.run), "  warned  ") + p.Closing(s)
	}
	if r.output == "text" {
		fmt.Fprint(r.out, said(r.program()))
	}
	if lockErr != nil {
		fmt.Fprintf(r.err, "dcos-patch: the lock could not be given back: %s\n  next  %s, or %s\n", quoted(lockErr), r.program().Run("sweep"), r.program().Run("lock", "break", "--reason", "left by "+r.run))
	}
	r.ended = &concluded{run: r.run, state: s}
	r.ended.warned = warnedIn(r.store, r.run)
	r.ended.pack = r.packs(ctx, interrupted, s, said(render.Program{}))
	if code := render.Exit(s); code != exitDone {
		return &codeError{code}
	}
	return nil
}

// giveBack gives the lock back, and records that it is owed no more.
func (r *runner) giveBack(ctx context.Context, s orchestrator.State, print func(journal.Event)) (orchestrator.State, error) {
	ctx, cancel := context.WithTimeout(ctx, releaseWithin)
	defer cancel()
	epoch := s.Epoch
	if doubt := s.MayRun(); len(doubt) > 0 { // left behind by a person: nothing of this run may come after its lock
		var err error
		if epoch, err = r.lock.Outdate(ctx, epoch, doubt); err != nil {
			return s, err
		}
	}
	if err := r.lock.Release(ctx, epoch); err != nil {
		return s, err
	}
	e := journal.Event{Seq: s.Seq + 1, At: time.Now(), Kind: journal.ObligationClosed, Obligation: &journal.Obligation{ID: plan.OwesLock}}
	if err := r.file.Record(e); err != nil {
		return s, err
	}
	print(e)
	s, _ = orchestrator.Next(s, e)
	return s, nil
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

// stopping says once, when a run must stop while lanes are in flight, that no more are
// admitted: the STOP itself comes when these have ended.
func (r *runner) stopping() func(journal.Event, orchestrator.State) {
	told := r.output != "text"
	return func(e journal.Event, s orchestrator.State) {
		if told || s.Stop == nil || s.Ended != "" {
			return
		}
		told = true
		names := s.Finishing()
		if len(names) == 0 {
			return
		}
		say(r.out, "%s STOPPING: no more nodes are admitted; %d in flight %s (%s)", e.At.Format(render.ClockText), len(names), finishes(len(names)), render.Fold(names))
	}
}

func finishes(n int) string {
	if n == 1 {
		return "finishes"
	}
	return "finish"
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
	return max(p.Spacing(d), min(d, leastPause))
}
