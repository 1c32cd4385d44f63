package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

type breakFlags struct {
	reason string
	accept []string // NODE=REASON
}

func (a *app) lockCommand() *cobra.Command {
	var f breakFlags
	brk := &cobra.Command{
		Use:   "break",
		Short: "Take the cluster lock away from a run whose controller is gone",
		Long: `lock break looks at every node first, watches for a while whether the old controller
lives, and refuses if it does, or while a patch unit runs. It then raises the epoch, so
that the old controller, should it wake, is refused by every node, and looks once more:
only if no patch runs now are the locks removed.

An agent that cannot be asked, or says that a patch runs there, need not stop you for ever:
once you know better, --accept NODE=REASON leaves it out, one by one. A master is never left out.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.breakLock(cmd.Context(), f) },
	}
	brk.Flags().StringVar(&f.reason, "reason", "", "why (required)")
	brk.Flags().StringArrayVar(&f.accept, "accept", nil, "`NODE=REASON`: go on although this agent cannot be asked or says that it is busy; may be given again")
	cmd := &cobra.Command{Use: "lock", Short: "The cluster lock"}
	cmd.AddCommand(brk)
	return cmd
}

func (a *app) breakLock(ctx context.Context, f breakFlags) error {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	if f.reason == "" {
		return invalid("lock break needs --reason: whose controller holds it, and why that is gone")
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
	b := breaker{app: a, session: s, today: time.Now()}
	if b.accepted, err = s.acceptances(f.accept); err != nil {
		return err
	}
	seen, err := b.look(ctx)
	if err != nil {
		return err
	}
	if len(b.holders(seen)) == 0 {
		fmt.Fprintln(a.out, "no run holds the lock")
		return nil
	}
	watch := watchFor(&plan.Plan{TimeScale: inv.Rehearsal.TimeScale})
	other := ""
	if len(b.accepted) > 0 {
		other = "other "
	}
	fmt.Fprintf(a.out, "no patch runs on any %snode; watching for %s whether the lock's controller lives\n", other, watch)
	select {
	case <-time.After(watch):
	case <-ctx.Done():
		return ctx.Err()
	}
	again, err := b.look(ctx)
	if err != nil {
		return err
	}
	if err := b.alive(seen, again); err != nil {
		return err
	}
	if len(b.holders(again)) == 0 {
		fmt.Fprintln(a.out, "the lock was given back in the meantime")
		return nil
	}
	return b.take(ctx, again, f.reason)
}

// names are those of all nodes, in the inventory's order.
func (s *session) names() []inventory.NodeName {
	var names []inventory.NodeName
	for _, n := range s.inv.Nodes() {
		names = append(names, n.Name)
	}
	return names
}

func (s *session) isMaster(name inventory.NodeName) bool {
	n, _ := s.inv.Node(name)
	return n.Role == dcos.Master
}
