package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

type abandonFlags struct {
	reason string
	accept []string
	gone   bool
}

func (a *app) abandonCommand() *cobra.Command {
	var f abandonFlags
	cmd := &cobra.Command{
		Use:   "abandon RUN",
		Short: "End a run that did not finish and will not be resumed",
		Long: `abandon ends a run for good. It surveys the nodes and refuses while a patch runs on one,
raises the epoch and looks again, records who ended the run and why, says which nodes it
leaves patched and not verified, in doubt or in the middle of a swap, removes what the run
has left on nodes, and gives the lock back. A new plan takes up what is left.

Of a cluster that does not exist any more, --cluster-gone ends the run in the journal only.`,
		Args: oneArg("the run, as runs lists it"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.abandon(cmd.Context(), args[0], f) },
	}
	cmd.Flags().StringVar(&f.reason, "reason", "", "why it is not resumed (required)")
	cmd.Flags().StringArrayVar(&f.accept, "accept", nil, "`NODE=REASON`: go on although this agent cannot be asked or says that it is busy; may be given again")
	cmd.Flags().BoolVar(&f.gone, "cluster-gone", false, "the cluster is gone: ask no node, change nothing but the journal")
	return cmd
}

func (a *app) abandon(ctx context.Context, run string, f abandonFlags) error {
	if strings.TrimSpace(f.reason) == "" {
		return invalid("abandon needs --reason: it stands in the journal, and is shown to whoever finds the nodes half done")
	}
	if !journal.IsRunName(run) {
		return andThen(fmt.Errorf("%q is not the name of a run", run), advice.Run("runs").Say(" lists them"))
	}
	inv, err := inventory.Load(a.inventory)
	if err != nil {
		return err
	}
	store, err := a.stores(clusterOf(inv))
	if err != nil {
		return err
	}
	if err := a.abandonHere(ctx, inv, store, run, f); err != nil || f.gone {
		return err
	}
	fmt.Fprintln(a.out, "removing what runs have left on the nodes:")
	return a.sweep(ctx, false)
}

// abandonHere holds the run while it is judged and ended.
func (a *app) abandonHere(ctx context.Context, inv *inventory.Cluster, store journal.Store, run string, f abandonFlags) error {
	own, err := take(store, run)
	if err != nil {
		return err
	}
	defer own.release()
	own.tellTorn(a.err)
	s := own.state
	switch {
	case s.Plan == nil:
		return invalid("run %s: its journal is empty: it was not begun", run)
	case s.Ended == journal.RunDone:
		return plan.Instead(plan.Block{What: fmt.Sprintf("run %s is done", run), Next: advice.Run("sweep").Say(" removes what it has left on the nodes")})
	case s.Ended == journal.RunAbandoned:
		return plan.Instead(plan.Block{What: fmt.Sprintf("run %s was ended before", run), Observed: s.Abandoned, Next: advice.Run("sweep").Say(" removes what it has left on the nodes")})
	}
	var seen []patcher.Sighting
	if !f.gone {
		if seen, err = a.fenceOff(ctx, inv, run, s, f.accept); err != nil {
			return err
		}
	}
	e := journal.Event{Seq: s.Seq + 1, At: time.Now(), Kind: journal.RunAbandoned, Controller: a.who(), Detail: strings.TrimSpace(f.reason)}
	if err := own.file.Record(e); err != nil {
		return &orchestrator.RecordError{Err: err}
	}
	s, _ = orchestrator.Next(s, e)
	var b lines
	b.say("run %s has ended unfinished: %s", run, s.Abandoned)
	b.say("  state   %s", render.TallyLine(s))
	b.WriteString(a.program().Unfinished(s))
	for _, x := range seen {
		if x.Survey.MidSwap {
			b.say("  left    %s is in the middle of a swap of packages: repair it by hand", x.Node)
		}
	}
	for _, n := range s.Plan.Nodes {
		if _, ok := inv.Node(n.Name); !ok && !f.gone {
			b.say("  left    %s is no longer in the inventory, and was not asked", n.Name)
		}
	}
	if f.gone {
		b.say("  left    no node was asked: what the run has put on them, and its lock, is there if they are")
	}
	fmt.Fprint(a.out, b.String())
	return nil
}

// fenceOff takes the run's lock under a new epoch, so that no controller of the run
// can begin anything, and then sees that nothing runs.
func (a *app) fenceOff(ctx context.Context, inv *inventory.Cluster, run string, s orchestrator.State, accept []string) (seen []patcher.Sighting, err error) {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	sess, err := a.open(inv)
	if err != nil {
		return nil, err
	}
	defer sess.close()
	b := breaker{app: a, session: sess, today: time.Now()}
	if b.accepted, err = sess.acceptances(accept); err != nil {
		return nil, err
	}
	if _, err := b.look(ctx); err != nil {
		return nil, b.orGone(err, run)
	}
	lock := a.lock(sess, run)
	lock.Known = s.Epoch
	if _, err := lock.Acquire(ctx); err != nil {
		return nil, b.orGone(err, run)
	}
	if seen, err = b.look(ctx); err != nil {
		return nil, err
	}
	b.tell(seen)
	return seen, nil
}

// orGone adds what to do where there is no cluster that could answer.
func (b breaker) orGone(err error, run string) error {
	var refused *plan.RefusalError
	if !errors.Is(err, patcher.ErrNoMajority) && !errors.As(err, &refused) {
		return err
	}
	say(b.err, "only if this cluster does not exist any more: %s", b.program().Run("abandon", run, "--cluster-gone", "--reason", "WHY"))
	return err
}
