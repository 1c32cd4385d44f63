package controller

import (
	"context"
	"os"
	"strings"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// ResumeOrder is what a resume is asked for.
type ResumeOrder struct {
	Run         string // empty: the newest
	FromCluster bool   // it began on another machine: take it from the masters
	PlanID      string // from the cluster: of the plan that was approved; empty: not known
	AcceptLost  []inventory.NodeName
	Reason      string // why that may be lost
}

// Reopened is a run that may go on, in the hand of this process until it is closed.
type Reopened struct {
	State  orchestrator.State // Resume goes on with it: Clone it to keep it
	Origin render.Origin

	// Done is set of a run that was done and died before its lock was given back:
	// that is all that Resume does.
	Done bool

	own *taken
	r   *running
}

// Reopen takes a run in hand, from this machine or from the masters.
func (c *Cluster) Reopen(ctx context.Context, o ResumeOrder) (*Reopened, error) {
	if len(o.AcceptLost) > 0 && strings.TrimSpace(o.Reason) == "" {
		return nil, invalid("--accept-lost needs --reason: it stands in the journal, and is shown wherever the run is")
	}
	runs, err := c.runs()
	if err != nil {
		return nil, err
	}
	from := origin{run: o.Run}
	switch {
	case o.FromCluster:
		from, err = c.fromCluster(ctx, runs, o)
	case o.Run == "":
		from.run, _, err = runs.Latest()
	}
	if err != nil {
		return nil, err
	}
	if from.run == "" {
		return nil, plan.Instead(plan.Block{What: "there is no run to resume", Observed: "none in " + runs.Dir, Next: advice.Run("apply").Say(", or, for a run of another machine, ").Run("resume", "--from-cluster")})
	}
	own, err := runs.take(from.run)
	if err != nil {
		return nil, err
	}
	own.tellTorn(c.cfg.tell)
	re, err := c.reopen(runs, own, from, o)
	if err != nil {
		own.release()
		return nil, err
	}
	return re, nil
}

func (c *Cluster) reopen(runs Runs, own *taken, from origin, o ResumeOrder) (*Reopened, error) {
	if err := c.accepted(own, from.run, o); err != nil {
		return nil, err
	}
	s := own.state
	r := &running{Cluster: c, runs: runs, run: from.run, lock: c.lock(from.run), plan: s.Plan, file: own.file}
	r.lock.Known, r.lock.Handover = s.Epoch, o.FromCluster
	re := &Reopened{State: s, Origin: from.Origin, own: own, r: r}
	if s.Ended == journal.RunDone && s.OwesFor(plan.OwesLock) {
		re.Done = true
		return re, nil
	}
	if err := resumable(from.run, s, c.inv); err != nil {
		return nil, err
	}
	var err error
	if r.script, err = os.ReadFile(runs.Path(from.run, journal.ScriptFile)); err != nil {
		return nil, invalid("run %s: its script: %w", from.run, err)
	}
	return re, nil
}

// Close lets others have the run.
func (re *Reopened) Close() { re.own.release() }

// Resume acquires the lock again, under a higher epoch, and goes on. Swaps that were
// cut may be finished on these nodes. What ends pause admits nothing more; what ends
// ctx ends the watching.
func (re *Reopened) Resume(ctx context.Context, pause <-chan struct{}, finish []inventory.NodeName) (Result, error) {
	r := re.r
	if re.Done {
		return r.conclude(ctx, nil, re.State), nil
	}
	unbegun, begin := untilPause(ctx, pause)
	defer begin()
	epoch, err := r.lock.Acquire(unbegun)
	if err != nil {
		return Result{}, err
	}
	return r.drive(ctx, begin(), re.State, journal.Event{Kind: journal.RunResumed, Run: r.run, Controller: r.cfg.Owner, Epoch: epoch, Finish: finish})
}
