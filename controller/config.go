package controller

import (
	"context"
	"net"
	"sync"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// Config is what a controller finds around it.
type Config struct {
	Owner   string // who runs this, and where, for locks and receipts
	Version string // of the program, for failure packs

	// Stores gives the store of a cluster's runs; StoresAt makes one of a directory.
	Stores Stores

	// Events hears what happens. It is called by one goroutine at a time, and may not
	// call the controller. nil: nobody listens.
	Events func(Event)

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
