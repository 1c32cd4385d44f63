package controller

import (
	"context"
	"net"
	"strings"
	"sync"
	"unicode"

	"github.com/dcos-patch/dcos-patch/daemons"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/render"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// Config is what a controller finds around it.
type Config struct {
	// Owner is who runs this, and where, for locks and receipts: user@host, and after a
	// space what tells this program from others there ("ops@ops1 pid 4312"), in one line.
	// A resume with the same user@host may take the lock of its run again.
	Owner   string
	Version string         // of the program, for failure packs
	Program render.Program // how it was called, for the commands in them

	// Stores gives the store of a cluster's runs; StoresAt makes one of a directory.
	Stores Stores

	// Events hears what happens. It is called by one goroutine at a time, and may not
	// call the controller. nil: nobody listens.
	Events func(Event)

	// Access says how the cluster's Mesos and Marathon are spoken to.
	Access daemons.Access

	SSH
}

// Stores gives the store in which the runs of a cluster are kept.
type Stores func(journal.Cluster) (journal.Store, error)

// SSH is what the inventory and the ssh configuration leave to the surroundings.
type SSH struct {
	Dial        func(ctx context.Context, network, addr string) (net.Conn, error) // nil: the network
	User        string                                                            // who logs in where nothing says it
	Home        string                                                            // of the ssh configuration
	AgentSocket string                                                            // empty: no agent
	Passphrase  func(ctx context.Context, file, why string) (sshexec.Secret, error)
	LookupEnv   func(name string) (string, bool) // of secrets that the inventory has in the environment; nil: none is set
	Learned     func(addr, fingerprint string)   // unknown host keys are accepted, and told to it; nil: they are refused
}

// unusable says why nothing can be done with it.
func (c Config) unusable() error {
	machine, _, _ := strings.Cut(c.Owner, " ")
	at := strings.LastIndex(machine, "@")
	switch {
	case at <= 0 || at == len(machine)-1 || strings.ContainsFunc(c.Owner, unprintable):
		return invalid("owner %q: want user@host, then a space and what tells this program from others there, in one line", c.Owner)
	case c.Stores == nil:
		return invalid("no stores: StoresAt gives those of a directory")
	}
	return nil
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// tell has the event heard.
func (c Config) tell(e Event) {
	if c.Events != nil {
		c.Events(e)
	}
}

// Target is the error of an inventory that no plan can be made of; nil: one can.
func Target(inv *inventory.Cluster) error {
	if inv.Target.URL == "" {
		return invalid("%s: no target: say target: with the url of the node patch script, from and to", inv.Source)
	}
	return nil
}

// serial has one event heard at a time.
func (c Config) serial() Config {
	if c.Events == nil {
		return c
	}
	var mu sync.Mutex
	hear := c.Events
	c.Events = func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		hear(e)
	}
	return c
}
