package controller

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
	"github.com/dcos-patch/dcos-patch/steps"
)

// prepare writes what a resume needs, before anything is touched.
func (r *running) prepare() error {
	b, err := plan.Marshal(r.plan)
	if err != nil {
		return err
	}
	if err := errors.Join(r.runs.Write(r.run, journal.PlanFile, b), r.runs.Write(r.run, journal.ScriptFile, r.script)); err != nil {
		return err
	}
	r.file, err = journal.Create(r.runs.Path(r.run, journal.JournalFile))
	return err
}

// drive runs until the run has ended, and says how.
func (r *running) drive(ctx context.Context, pause <-chan struct{}, s orchestrator.State, first journal.Event) (Result, error) {
	defer r.file.Close()
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	nodes := fencedHosts{hosts{r.pool}, lose}
	claim := node.Claim{Epoch: first.Epoch, Run: r.run, Owner: r.cfg.Owner, Cluster: r.plan.Cluster.ID}
	samples := startRecording(r)
	cluster := r.checks(checks.SubjectOf(r.plan), r.run).Recording(samples)
	copies := startCopies(context.WithoutCancel(ctx), r, nodes, claim)
	var beats *heartbeat
	d := &orchestrator.Driver{
		Actor:    &patcher.Patcher{Nodes: nodes, Gates: cluster, Leaders: cluster, Script: r.script, Owner: r.cfg.Owner, Poll: scaled(pollScript, r.plan.TimeScale)},
		Observer: cluster,
		Recorder: r.file,
		Pace:     scaled(pollScript, r.plan.TimeScale),
		Owes:     r.owes(),
		Owned:    r.woken(first.Epoch),
		Sink: func(e journal.Event, s orchestrator.State) {
			if beats == nil { // the first event is durable: from here on this controller has the run
				beats = startHeartbeat(context.WithoutCancel(ctx), r, nodes, claim)
			}
			r.cfg.tell(Recorded{e, s})
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
		s = r.lastLook(context.WithoutCancel(ctx), s, cluster)
	}
	samples.finish()
	copies.finish()
	beats.end()
	if err != nil {
		return Result{Run: r.run, State: s}, err
	}
	return r.conclude(ctx, pause, s), nil
}

// woken asks the masters, after a sleep, whether this controller still has the
// run, and says so.
func (r *running) woken(epoch int) func(context.Context, time.Duration) error {
	told, failed := false, false
	return func(ctx context.Context, slept time.Duration) error {
		if !told {
			r.cfg.tell(ControllerWoken{time.Now(), slept, nil})
		}
		told = true
		err := r.owned(ctx, epoch)
		switch over := (*orchestrator.TakenOverError)(nil); {
		case err == nil, errors.As(err, &over):
			told, failed = false, false
		case !failed:
			failed = true
			r.cfg.tell(ControllerWoken{time.Now(), slept, err})
		}
		return err
	}
}

// owned asks the masters whether this controller still has the run.
func (r *running) owned(ctx context.Context, epoch int) error {
	err := r.lock.Held(ctx, epoch)
	if lost := (*steps.LostError)(nil); errors.As(err, &lost) {
		return &orchestrator.TakenOverError{Detail: lost.Why}
	}
	return err
}

// lookWithin bounds the last look: somebody is waiting to leave.
const lookWithin = 15 * time.Second

// lastLook asks the masters once more as a run is left unfinished: whether it
// is safe to leave is said from what they answer, not from memory. What cannot
// be read is not well.
func (r *running) lastLook(ctx context.Context, s orchestrator.State, cluster *checks.Cluster) orchestrator.State {
	if s.Ended != journal.RunStopped || s.TakenOver() {
		return s
	}
	asked := time.Now()
	obs := look(ctx, cluster)
	e := journal.Event{Seq: s.Seq + 1, At: time.Now(), Kind: journal.Observed, Observation: &obs, Asked: s.Seq, AskedAt: asked}
	if err := r.file.Record(e); err != nil {
		r.cfg.tell(Trouble{fmt.Errorf("the last look at the cluster is not in the journal: %w", err)})
	}
	s, _ = orchestrator.Next(s, e)
	r.cfg.tell(Recorded{e, s})
	return s
}

func look(ctx context.Context, cluster *checks.Cluster) plan.Observation {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	return cluster.Observe(ctx, plan.Ask{})
}

// unrecorded tells how the cluster is as a run is left whose journal could not be
// written.
func (r *running) unrecorded(ctx context.Context, s orchestrator.State, cluster *checks.Cluster) {
	if s.Plan == nil {
		return
	}
	obs := look(ctx, cluster)
	s.Look, s.LookAt = &obs, time.Now()
	r.cfg.tell(RunUnrecorded{s})
}

// owes are the obligations that a run has from its beginning.
func (r *running) owes() []journal.Obligation {
	return []journal.Obligation{journal.Owe(plan.OwesLock, r.lock.Masters...), journal.Owe(plan.OwesCopies, r.lock.Masters...)}
}

// conclude gives the lock back where nothing is owed, and reports. A run that
// another controller has taken over is left to it, the lock too. What ends ctx
// ends nothing of that, but the making of a failure pack.
func (r *running) conclude(ctx context.Context, interrupted <-chan struct{}, s orchestrator.State) Result {
	res := Result{Run: r.run}
	if !s.Kept() {
		s, res.LockErr = r.giveBack(context.WithoutCancel(ctx), s)
	}
	res.State, res.Warned = s, r.runs.warned(r.run)
	r.cfg.tell(RunConcluded{res})
	res.Packs = r.packs(ctx, interrupted, s, r.cfg.Program.Concluded(s.View(time.Now()), res.Warned))
	return res
}

// giveBack gives the lock back, and records that it is owed no more.
func (r *running) giveBack(ctx context.Context, s orchestrator.State) (orchestrator.State, error) {
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
	s, _ = orchestrator.Next(s, e)
	r.cfg.tell(Recorded{e, s})
	return s, nil
}
