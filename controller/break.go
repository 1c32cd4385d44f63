package controller

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// Broken is what breaking a lock came to.
type Broken struct {
	Runs     []string // whose lock was broken; none: no run held it
	Unbegun  []string // those of them that no master has seen a sign of life of: there is nothing to go on with
	GaveBack bool     // its holder did so in the meantime
	Epoch    int
	Accepted []Accepted
}

// Accepted is a node that was left out of a decision by a person's word.
type Accepted struct {
	Node          inventory.NodeName
	Reason, Found string
}

// BreakLock takes the cluster lock away from a run whose controller is gone. Agents
// that a person accepts, with a reason each, are not asked.
func (c *Cluster) BreakLock(ctx context.Context, accept map[inventory.NodeName]string) (Broken, error) {
	if err := c.acceptable(accept); err != nil {
		return Broken{}, err
	}
	b := breaker{Cluster: c, today: time.Now(), accepted: accept}
	seen, err := b.look(ctx)
	if err != nil {
		return Broken{}, err
	}
	if len(b.holders(seen)) == 0 {
		return Broken{}, nil
	}
	watch := watchFor(c.inv.Rehearsal.TimeScale)
	c.cfg.tell(LockWatched{watch, len(b.accepted) > 0})
	select {
	case <-time.After(watch):
	case <-ctx.Done():
		return Broken{}, ctx.Err()
	}
	again, err := b.look(ctx)
	if err != nil {
		return Broken{}, err
	}
	if err := b.alive(seen, again); err != nil {
		return Broken{}, err
	}
	if len(b.holders(again)) == 0 {
		return Broken{GaveBack: true}, nil
	}
	return b.take(ctx, again)
}

// acceptable refuses what a person may not accept: a master decides who holds the lock.
func (c *Cluster) acceptable(accept map[inventory.NodeName]string) error {
	for _, name := range slices.Sorted(maps.Keys(accept)) {
		switch _, ok := c.inv.Node(name); {
		case !ok:
			return invalid("--accept %s: there is no node %q in %s", name, name, c.inv.Source)
		case strings.TrimSpace(accept[name]) == "":
			return invalid("want --accept %s=REASON: how you know what runs on %s, and that the old controller does not reach it", name, name)
		case c.isMaster(name):
			return invalid("--accept %s: %s is a master, and masters decide who holds the lock: bring it within reach", name, name)
		}
	}
	return nil
}

// breaker breaks the cluster lock. The masters decide: only they hold locks and
// heartbeats. What an agent says or does not say can be accepted by a person,
// since one agent that lies would otherwise keep a lock forever.
type breaker struct {
	*Cluster
	today    time.Time
	accepted map[inventory.NodeName]string // to the reason
}

// look surveys all nodes, and refuses while a patch runs, or may run.
func (b breaker) look(ctx context.Context) ([]steps.Sighting, error) {
	seen := patcher.Look(ctx, hosts{b.pool}, b.names())
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := b.refuseForeign(seen); err != nil {
		return nil, err
	}
	return seen, b.judge(seen)
}

// judge refuses while a patch runs, or may run, on any node that is neither
// excluded nor accepted. Too few masters that answer cannot keep the new epoch.
func (b breaker) judge(seen []steps.Sighting) error {
	var blocks []plan.Block
	silent := 0
	for _, x := range seen {
		_, excluded := b.inv.Excluded(x.Node, b.today)
		_, accepted := b.accepted[x.Node]
		if x.Err != nil && b.isMaster(x.Node) {
			silent++
		}
		switch busy := x.Busy(); {
		case accepted || x.Err != nil && excluded:
		case x.Err != nil:
			blocks = append(blocks, b.unasked(x))
		case busy != "":
			blocks = append(blocks, b.busy(x.Node, busy))
		}
	}
	if len(blocks) > 0 {
		return plan.Refuse(blocks...)
	}
	if 2*silent >= len(b.inv.Masters) {
		return steps.ErrNoMajority
	}
	return nil
}

func (b breaker) busy(name inventory.NodeName, what string) plan.Block {
	block := plan.Block{Node: name, What: "a patch is running", Observed: node.Said(what), Next: advice.Say("wait for its end")}
	if !b.isMaster(name) {
		block.Next = block.Next.Say("; or, if you know that nothing runs there: " + accepting(name))
	}
	return block
}

// unasked is the block of a node that gave no answer, and how to go on. An
// operator may answer for an agent, and for no master.
func (b breaker) unasked(x steps.Sighting) plan.Block {
	block := plan.Block{Node: x.Node, What: "it is not known whether a patch runs here, and the old controller could not be refused here", Observed: x.Err.Error(),
		Want: "an answer", Next: advice.Say("bring it within reach")}
	var answer *node.AnswerError
	if errors.As(x.Err, &answer) {
		block.Want, block.Next = "a complete survey", plan.RepairAnswer()
	}
	if !b.isMaster(x.Node) {
		block.Next = block.Next.Say("; or, if you know that nothing runs there: " + accepting(x.Node) + "; or, if it is dead, add to " + b.inv.Source + ": " + plan.ExclusionLine(x.Node, b.today))
	}
	return block
}

func accepting(name inventory.NodeName) string {
	return "the same command with --accept " + string(name) + "=REASON"
}

// holders are the runs that hold the lock on some master, by the masters.
func (b breaker) holders(seen []steps.Sighting) map[inventory.NodeName]string {
	runs := map[inventory.NodeName]string{}
	for _, x := range seen {
		if x.Err == nil && x.Survey.Lock != nil && b.isMaster(x.Node) {
			runs[x.Node] = x.Survey.Lock.Run
		}
	}
	return runs
}

// alive refuses when a controller has given a sign of life between two looks.
// Clocks are not compared: a heartbeat that has changed is the proof.
func (b breaker) alive(before, after []steps.Sighting) error {
	runs := slices.Collect(maps.Values(b.holders(after)))
	for i, x := range after {
		was, is := before[i].Survey.Heartbeat, x.Survey.Heartbeat
		if is == nil || was != nil && is.Same(*was) || !b.isMaster(x.Node) || !slices.Contains(runs, is.Run) {
			continue
		}
		who := "its owner is unknown"
		if l := x.Survey.Lock; l != nil {
			who = node.Said(l.Owner)
		}
		return plan.Refuse(plan.Block{Node: x.Node, What: fmt.Sprintf("the controller of run %s lives", node.Said(is.Run)), Observed: fmt.Sprintf("heartbeat %d, %s ago, of %s", is.Beat, is.Age, who),
			Want: "no heartbeat", Next: advice.Say("interrupt it where it runs, or wait for it")})
	}
	return nil
}

// take raises the epoch, and then looks again: a controller that woke after the
// last look may have started a patch before it was refused. The locks go last.
func (b breaker) take(ctx context.Context, seen []steps.Sighting) (Broken, error) {
	by := node.Claim{Run: slices.Min(slices.Collect(maps.Values(b.holders(seen)))), Owner: b.cfg.Owner, Cluster: b.inv.ID}
	b.cfg.tell(EpochRaising{})
	epoch, unraised, err := patcher.Raise(ctx, hosts{b.pool}, seen, b.isMaster, by)
	if err != nil {
		return Broken{}, fmt.Errorf("%w; the locks stay: run lock break again", err)
	}
	if err := b.unrefused(unraised); err != nil {
		return Broken{}, err
	}
	last, err := b.look(ctx)
	if err != nil {
		b.cfg.tell(EpochRaised{epoch})
		return Broken{}, err
	}
	if err := b.retaken(last, epoch); err != nil {
		return Broken{}, err
	}
	holders := b.holders(last)
	if err := patcher.Unlock(ctx, hosts{b.pool}, holders, node.Claim{Epoch: epoch, Cluster: b.inv.ID}); err != nil {
		return Broken{}, fmt.Errorf("removing the lock: %w; run lock break again", err)
	}
	broken := Broken{Runs: slices.Compact(slices.Sorted(maps.Values(holders))), Epoch: epoch, Accepted: b.acceptances(seen)}
	for _, run := range broken.Runs {
		if !slices.ContainsFunc(last, func(x steps.Sighting) bool {
			return x.Err != nil && b.isMaster(x.Node) || x.Survey.Heartbeat != nil && x.Survey.Heartbeat.Run == run
		}) {
			broken.Unbegun = append(broken.Unbegun, run)
		}
	}
	return broken, nil
}

// retaken refuses when a controller has taken the lock since, under an epoch that
// the new one does not refuse.
func (b breaker) retaken(seen []steps.Sighting, epoch int) error {
	for _, x := range seen {
		if l := x.Survey.Lock; b.holders(seen)[x.Node] != "" && l.Epoch >= epoch {
			return plan.Refuse(plan.Block{Node: x.Node, What: fmt.Sprintf("a controller of run %s has taken the lock again", node.Said(l.Run)), Observed: fmt.Sprintf("epoch %d of %s", l.Epoch, node.Said(l.Owner)),
				Want: fmt.Sprintf("an epoch below %d", epoch), Next: advice.Say("interrupt it where it runs, or wait for it")})
		}
	}
	return nil
}

// unrefused refuses where an agent that answered does not keep the new epoch,
// unless that is accepted.
func (b breaker) unrefused(unraised map[inventory.NodeName]error) error {
	var blocks []plan.Block
	for _, name := range slices.Sorted(maps.Keys(unraised)) {
		if _, ok := b.accepted[name]; !ok {
			blocks = append(blocks, b.unasked(steps.Sighting{Node: name, Err: unraised[name]}))
		}
	}
	if len(blocks) > 0 {
		b.cfg.tell(EpochRaised{})
		return plan.Refuse(blocks...)
	}
	return nil
}

// acceptances are what was accepted, as it was when it was.
func (b breaker) acceptances(seen []steps.Sighting) []Accepted {
	var all []Accepted
	for _, x := range seen {
		reason, ok := b.accepted[x.Node]
		if !ok {
			continue
		}
		found := "nothing runs there"
		if busy := x.Busy(); x.Err != nil {
			found = x.Err.Error()
		} else if busy != "" {
			found = "it says that a patch is running: " + node.Said(busy)
		}
		all = append(all, Accepted{x.Node, reason, found})
	}
	return all
}
