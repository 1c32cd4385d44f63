package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// world is what a command finds around it besides its streams: the network,
// the state directory and the signals. The demo and the tests bring their own.
type world struct {
	dial    dialer                                       // nil is the network
	stores  func(journal.Cluster) (journal.Store, error) // where the runs of a cluster are kept
	signals func() (heard <-chan os.Signal, stop func())
	phrase  phraser
	owner   string                         // who and where; empty: as the system says
	system  string                         // as GOOS names it; empty: the one that it was built for
	learned func(addr, fingerprint string) // unknown host keys are accepted, and told to it; nil: they are refused
}

// phraser asks for the passphrase of a key file; nil: there is nobody to ask.
type phraser func(ctx context.Context, file, why string) (sshexec.Secret, error)

func theWorld() world {
	return world{stores: stateStores, signals: processSignals, phrase: passphrases()}
}

// processSignals hears SIGINT and SIGTERM until stopped.
func processSignals() (<-chan os.Signal, func()) {
	heard := make(chan os.Signal, 2)
	signal.Notify(heard, os.Interrupt, syscall.SIGTERM)
	return heard, func() { signal.Stop(heard) }
}

// storesAt keeps runs below a directory. Those of an earlier version, which went
// by the cluster's name alone, are moved first.
func storesAt(dir string) func(journal.Cluster) (journal.Store, error) {
	return func(c journal.Cluster) (journal.Store, error) {
		err := journal.Migrate(dir, c, func(run string) bool { return controlled(journal.Store{Dir: filepath.Dir(run)}, filepath.Base(run)) })
		var busy *journal.BusyError
		if errors.As(err, &busy) {
			return journal.Store{}, plan.Instead(plan.Block{What: "a run of this cluster is under way", Observed: busy.Error(), Want: "its end, so that it can be moved to where runs are kept now",
				Next: advice.Say("wait for its end, or interrupt it where it runs")})
		}
		if err != nil {
			return journal.Store{}, err
		}
		return journal.OpenStore(dir, c)
	}
}

// stateStores keeps runs in the operator's state directory.
func stateStores(c journal.Cluster) (journal.Store, error) {
	dir, err := journal.StateDir()
	if err != nil {
		return journal.Store{}, err
	}
	return storesAt(dir)(c)
}

// clusterOf is an inventory's cluster as stores know it.
func clusterOf(inv *inventory.Cluster) journal.Cluster {
	return journal.Cluster{Name: inv.Name, ID: inv.ID}
}

// untilSignal gives a context that ends with the first signal.
func (a *app) untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	heard, silence := a.signals()
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-heard:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		silence()
		cancel()
		<-done
	}
}

// twoStage hears the signals of a run: the first one asks to admit nothing
// more, the second one ends the context.
func (a *app) twoStage(ctx context.Context) (watch context.Context, pause <-chan struct{}, stop func()) {
	watch, cancel := context.WithCancel(ctx)
	first := make(chan struct{}, 1)
	heard, silence := a.signals()
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-heard:
		case <-watch.Done():
			return
		}
		fmt.Fprintln(a.err, "interrupted: nothing new is started, the nodes in hand are finished; once more stops watching")
		first <- struct{}{}
		select {
		case <-heard:
			cancel()
		case <-watch.Done():
		}
	}()
	return watch, first, func() {
		silence()
		cancel()
		<-done
	}
}
