package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

func (a *app) lockCommand() *cobra.Command {
	var reason string
	brk := &cobra.Command{
		Use:   "break",
		Short: "Take the cluster lock away from a run whose controller is gone",
		Long: `lock break looks at every node first and refuses while a patch unit runs. It then
raises the epoch, so that the old controller, should it wake, is refused by every node.
It watches for a while whether that controller lives, and refuses if it does.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.breakLock(cmd.Context(), reason) },
	}
	brk.Flags().StringVar(&reason, "reason", "", "why (required)")
	cmd := &cobra.Command{Use: "lock", Short: "The cluster lock"}
	cmd.AddCommand(brk)
	return cmd
}

func (a *app) breakLock(ctx context.Context, reason string) error {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	if reason == "" {
		return invalid("lock break needs --reason: who else may be at work, and why they are not")
	}
	inv, err := inventory.Load(a.inventory)
	if err != nil {
		return err
	}
	s, err := a.open(inv)
	if err != nil {
		return err
	}
	defer s.close()
	seen := patcher.Look(ctx, hosts{s.pool}, s.names())
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.breakable(seen, time.Now()); err != nil {
		return err
	}
	holders := holdersOf(seen)
	if len(holders) == 0 {
		fmt.Fprintln(a.out, "nobody holds the lock")
		return nil
	}
	patience := watchFor(&plan.Plan{TimeScale: inv.Rehearsal.TimeScale})
	fmt.Fprintf(a.out, "no patch runs on any node; watching for %s whether the lock's controller lives\n", patience)
	select {
	case <-time.After(patience):
	case <-ctx.Done():
		return ctx.Err()
	}
	again := patcher.Look(ctx, hosts{s.pool}, s.names())
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := errors.Join(s.breakable(again, time.Now()), alive(seen, again)); err != nil {
		return err
	}
	run := slices.Sorted(maps.Keys(holdersOf(again)))
	if len(run) == 0 {
		fmt.Fprintln(a.out, "the lock was given back meanwhile")
		return nil
	}
	epoch, err := patcher.Break(ctx, hosts{s.pool}, again, node.Claim{Run: run[0], Owner: a.who()})
	if err != nil {
		return fmt.Errorf("breaking the lock: %w; run lock break again", err)
	}
	for _, run := range run {
		fmt.Fprintf(a.out, "lock of run %s broken, epoch %d: %s\n  next  %s\n", node.Said(run), epoch, render.Printable(reason), resumeThere(run))
	}
	return nil
}

// names are those of all nodes, in the inventory's order.
func (s *session) names() []inventory.NodeName {
	var names []inventory.NodeName
	for _, n := range s.inv.Nodes() {
		names = append(names, n.Name)
	}
	return names
}

// breakable refuses while a patch runs, or may run, on any node that is not
// excluded. Too few masters that answer cannot keep the new epoch.
func (s *session) breakable(seen []patcher.Sighting, today time.Time) error {
	var blocks []plan.Block
	silent := 0
	for _, x := range seen {
		_, excluded := s.inv.Excluded(x.Node, today)
		if x.Err != nil && s.isMaster(x.Node) {
			silent++
		}
		switch busy := x.Busy(); {
		case x.Err != nil && !excluded:
			blocks = append(blocks, s.unasked(x, today))
		case busy != "":
			blocks = append(blocks, plan.Block{Node: x.Node, What: "a patch is running", Observed: busy, Next: "wait for its end"})
		}
	}
	if len(blocks) > 0 {
		return &plan.RefusalError{Blocks: blocks}
	}
	if 2*silent >= len(s.inv.Masters) {
		return patcher.ErrNoMajority
	}
	return nil
}

func (s *session) isMaster(name inventory.NodeName) bool {
	n, _ := s.inv.Node(name)
	return n.Role == dcos.Master
}

// unasked is the block of a node that gave no answer, and how to go on: of an
// agent that is dead for good a person may answer, of a master nobody but itself.
func (s *session) unasked(x patcher.Sighting, today time.Time) plan.Block {
	b := plan.Block{Node: x.Node, What: "nobody knows whether a patch runs here, and the old controller could not be refused here", Observed: x.Err.Error(),
		Want: "an answer", Next: "bring it within reach"}
	if !s.isMaster(x.Node) {
		b.Next += "; or, if it is dead, add to " + s.inv.Source + ": " + plan.ExclusionLine(x.Node, today)
	}
	return b
}

// holdersOf are the runs that hold the lock on some master.
func holdersOf(seen []patcher.Sighting) map[string]bool {
	runs := map[string]bool{}
	for _, x := range seen {
		if x.Survey.Lock != nil {
			runs[x.Survey.Lock.Run] = true
		}
	}
	return runs
}

// alive refuses when a controller has given a sign of life between two looks.
// Clocks are not asked: a heartbeat that has changed is the proof.
func alive(before, after []patcher.Sighting) error {
	for i, x := range after {
		was, is := before[i].Survey.Heartbeat, x.Survey.Heartbeat
		if is == nil || was != nil && is.Same(*was) || !holdersOf(after)[is.Run] {
			continue
		}
		who := "its owner is unknown"
		if l := x.Survey.Lock; l != nil {
			who = node.Said(l.Owner)
		}
		return refuse(plan.Block{Node: x.Node, What: fmt.Sprintf("the controller of run %s lives", node.Said(is.Run)), Observed: fmt.Sprintf("heartbeat %d, %s ago, of %s", is.Beat, is.Age, who),
			Want: "no heartbeat", Next: "interrupt it where it runs, or wait for it"})
	}
	return nil
}
