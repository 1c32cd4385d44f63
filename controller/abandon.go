package controller

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// AbandonOrder is what abandoning a run is asked for.
type AbandonOrder struct {
	Run    string
	Reason string
	Accept map[inventory.NodeName]string // agents that are not asked, with the reason
}

// Ended is a run that was ended unfinished.
type Ended struct {
	State    orchestrator.State
	MidSwap  []inventory.NodeName // in the middle of a swap of packages
	Unasked  []inventory.NodeName // no longer in the inventory
	Accepted []Accepted
}

// Abandon ends a run that will not be resumed. What it has left on nodes is for a
// sweep.
func (c *Cluster) Abandon(ctx context.Context, o AbandonOrder) (Ended, error) {
	if err := c.acceptable(o.Accept); err != nil {
		return Ended{}, err
	}
	runs, err := c.runs()
	if err != nil {
		return Ended{}, err
	}
	end, err := runs.end(o, func(s orchestrator.State, end *Ended) error { return c.fenceOff(ctx, o, s, end) })
	if err != nil {
		return end, err
	}
	for _, n := range end.State.Plan.Nodes {
		if _, ok := c.inv.Node(n.Name); !ok {
			end.Unasked = append(end.Unasked, n.Name)
		}
	}
	return end, nil
}

// AbandonGone ends a run of a cluster that does not exist any more: no node is asked.
func (r Runs) AbandonGone(o AbandonOrder) (Ended, error) {
	return r.end(o, func(orchestrator.State, *Ended) error { return nil })
}

// end holds the run while it is judged and ended.
func (r Runs) end(o AbandonOrder, fence func(orchestrator.State, *Ended) error) (end Ended, err error) {
	if strings.TrimSpace(o.Reason) == "" {
		return end, invalid("abandon needs --reason: it is kept in the journal, and shown where nodes are found half patched")
	}
	own, err := r.take(o.Run)
	if err != nil {
		return end, err
	}
	defer own.release()
	own.tellTorn(r.cfg.tell)
	s := own.state
	sweep := advice.Run("sweep").Say(" removes what it has left on the nodes")
	switch {
	case s.Plan == nil:
		return end, invalid("run %s: its journal is empty: it was not begun", o.Run)
	case s.Ended == journal.RunDone:
		return end, plan.Instead(plan.Block{What: fmt.Sprintf("run %s is done", o.Run), Next: sweep})
	case s.Ended == journal.RunAbandoned:
		return end, plan.Instead(plan.Block{What: fmt.Sprintf("run %s was ended before", o.Run), Observed: s.Abandoned, Next: sweep})
	}
	if err := fence(s, &end); err != nil {
		return end, err
	}
	e := journal.Event{Seq: s.Seq + 1, At: time.Now(), Kind: journal.RunAbandoned, Controller: r.cfg.Owner, Detail: o.Reason}
	if err := own.file.Record(e); err != nil {
		return end, &orchestrator.RecordError{Err: err}
	}
	end.State, _ = orchestrator.Next(s, e)
	return end, nil
}

// fenceOff takes the run's lock under a new epoch, so that no controller of the run
// can begin anything, and then sees that nothing runs.
func (c *Cluster) fenceOff(ctx context.Context, o AbandonOrder, s orchestrator.State, end *Ended) error {
	b := breaker{Cluster: c, today: time.Now(), accepted: o.Accept}
	seen, err := b.look(ctx)
	if err != nil {
		return b.orGone(err, seen, o.Run)
	}
	lock := c.lock(o.Run)
	lock.Known = s.Epoch
	if _, err := lock.Acquire(ctx); err != nil {
		return b.orGone(err, nil, o.Run)
	}
	if seen, err = b.look(ctx); err != nil {
		return err
	}
	end.Accepted = b.acceptances(seen)
	for _, x := range seen {
		if x.Survey.MidSwap {
			end.MidSwap = append(end.MidSwap, x.Node)
		}
	}
	return nil
}

// orGone adds what to do where there is no cluster that could answer: a master is silent.
func (b breaker) orGone(err error, seen []steps.Sighting, run string) error {
	silent := func(x steps.Sighting) bool { return x.Err != nil && b.isMaster(x.Node) }
	if !errors.Is(err, steps.ErrNoMajority) && !slices.ContainsFunc(seen, silent) {
		return err
	}
	return &GoneError{err, advice.Run("abandon", run, "--cluster-gone", "--reason", "WHY")}
}
