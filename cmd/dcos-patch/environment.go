package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"os/user"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// environment is what a command finds around it besides its streams: the network,
// the state directory and the signals. The demo and the tests bring their own.
type environment struct {
	dial    dialer            // nil is the network
	stores  controller.Stores // where the runs of a cluster are kept
	signals func() (heard <-chan os.Signal, stop func())
	phrase  phraser
	owner   string                         // who and where; empty: as the system says
	system  string                         // as GOOS names it; empty: the one that it was built for
	learned func(addr, fingerprint string) // unknown host keys are accepted, and told to it; nil: they are refused
}

// dialer opens TCP connections; nil is the network. The demo has its own.
type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// phraser asks for the passphrase of a key file; nil: there is nobody to ask.
type phraser func(ctx context.Context, file, why string) (sshexec.Secret, error)

func systemEnvironment() environment {
	return environment{stores: stateStores, signals: processSignals, phrase: passphrases()}
}

// config is the surroundings as the library wants them.
func (a *app) config() controller.Config {
	return controller.Config{
		Owner: cmp.Or(a.owner, owner()), Version: version(), Program: a.program(), Stores: a.stores, Events: func(e controller.Event) { a.console().Hear(e) },
		SSH: controller.SSH{Dial: a.dial, User: me(), Home: os.Getenv("HOME"), AgentSocket: os.Getenv("SSH_AUTH_SOCK"), Passphrase: a.phrase, LookupEnv: os.LookupEnv, Learned: a.learned},
	}
}

// loadInventory loads an inventory that a plan can be made of.
func loadInventory(file string) (*inventory.Cluster, error) {
	inv, err := inventory.Load(file)
	if err != nil {
		return nil, err
	}
	return inv, controller.Target(inv)
}

// open is the way to the inventory's cluster.
func (a *app) open(inv *inventory.Cluster) (*controller.Cluster, error) {
	if a.dial == nil {
		collectOften()
	}
	return controller.Open(inv, a.config())
}

// opened loads the inventory and opens the way to its cluster, which the caller closes.
func (a *app) opened() (*inventory.Cluster, *controller.Cluster, error) {
	inv, err := inventory.Load(a.inventory)
	if err != nil {
		return nil, nil, err
	}
	c, err := a.open(inv)
	return inv, c, err
}

// runs are those of the inventory's cluster on this machine.
func (a *app) runs() (controller.Runs, error) {
	inv, err := inventory.Load(a.inventory)
	if err != nil {
		return controller.Runs{}, err
	}
	return controller.OpenRuns(inv, a.config())
}

// stateStores keeps runs in the operator's state directory.
func stateStores(c journal.Cluster) (journal.Store, error) {
	dir, err := journal.StateDir()
	if err != nil {
		return journal.Store{}, invalid("%w", err)
	}
	if at, err := os.Stat(dir); err == nil && !at.IsDir() || errors.Is(err, syscall.ENOTDIR) {
		return journal.Store{}, invalid("the state directory %s is no directory; set XDG_STATE_HOME", dir)
	}
	return controller.StoresAt(dir)(c)
}

// oftenPercent is by how much the heap may grow between two collections.
const oftenPercent = 30

// collectOften keeps what a node that floods this process costs to little more
// than what is alive. It is fast enough: a controller mostly waits. GOGC, if set, is
// somebody's own choice.
func collectOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(oftenPercent)
	}
}

// me is the name of whoever runs the program.
func me() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

// owner says who runs this, and where, for locks and receipts. A space ends user@host.
func owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	who := strings.ReplaceAll(cmp.Or(me(), "unknown"), " ", "_")
	return fmt.Sprintf("%s@%s pid %d", who, host, os.Getpid())
}

// processSignals hears SIGINT and SIGTERM until stopped.
func processSignals() (<-chan os.Signal, func()) {
	heard := make(chan os.Signal, 2)
	signal.Notify(heard, os.Interrupt, syscall.SIGTERM)
	return heard, func() { signal.Stop(heard) }
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
		fmt.Fprintln(a.errOut, "interrupted: nothing new is started, and nodes in hand are finished, if there are any; once more stops watching")
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
