package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

func (a *app) lockCommand() *cobra.Command {
	var reason string
	brk := &cobra.Command{
		Use:   "break",
		Short: "Take the cluster lock away from a run whose controller is gone",
		Long: `lock break looks at every node first and refuses while a patch unit runs. It then
raises the epoch, so that the old controller, should it wake, is refused by every master.`,
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
	inv, err := loadInventory(a.inventory)
	if err != nil {
		return err
	}
	s := openSession(inv, a.dial)
	defer s.close()
	facts := patcher.Survey(ctx, hosts{s.pool}, inv)
	holders := map[string]bool{}
	var blocks []plan.Block
	for _, n := range inv.Nodes() {
		f := facts.Nodes[n.Name]
		switch {
		case f.Err != "":
			blocks = append(blocks, plan.Block{Node: n.Name, What: "nobody knows whether a patch runs here", Observed: f.Err, Next: "bring it within reach, or exclude it"})
		case f.PatchUnit != "":
			blocks = append(blocks, plan.Block{Node: n.Name, What: "a patch is running", Observed: f.PatchUnit, Next: "wait for its end"})
		case f.LockRun != "":
			holders[f.LockRun] = true
		}
	}
	if len(blocks) > 0 {
		return &plan.RefusalError{Blocks: blocks}
	}
	if len(holders) == 0 {
		fmt.Fprintln(a.out, "nobody holds the lock")
		return nil
	}
	for run := range holders {
		l := s.lock(s.sketch(facts), run)
		epoch, err := l.Acquire(ctx)
		if err != nil {
			return err
		}
		release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		err = l.Release(release, epoch)
		cancel()
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "lock of run %s broken, epoch %d: %s\n", run, epoch, reason)
	}
	return nil
}
