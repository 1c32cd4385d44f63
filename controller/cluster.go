package controller

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// Cluster is a controller's way to one cluster: the inventory and one kept
// connection per node.
type Cluster struct {
	cfg  Config
	inv  *inventory.Cluster
	pool *sshexec.Pool
}

// Open dials nothing yet. What is wrong with the ssh configuration or with a
// secret is told here, once, and not by every node.
func Open(inv *inventory.Cluster, cfg Config) (*Cluster, error) {
	if err := cfg.unusable(); err != nil {
		return nil, err
	}
	ssh := sshexec.Config{
		AgentSocket: cfg.AgentSocket, NetDial: cfg.Dial, Passphrase: cfg.Passphrase,
		DialTimeout: inv.SSH.Dial, Attempts: inv.SSH.DialAttempts, KeepAlive: inv.SSH.Keepalive, KeepAliveMisses: inv.SSH.KeepaliveMiss,
		Algorithms: sshexec.Algorithms{KeyExchanges: inv.SSH.KeyExchanges, Ciphers: inv.SSH.Ciphers, MACs: inv.SSH.MACs, HostKeys: inv.SSH.HostKeyAlgorithms},
	}
	config := ""
	if cfg.Dial == nil { // the network: of another, the operator's own configuration says nothing
		config = inv.SSH.Config
	}
	known, err := cfg.targets(inv, config)
	if err != nil {
		return nil, invalid("%s: ssh: %w", inv.Source, err)
	}
	if cfg.Dial == nil && config == "" {
		tryDefaultKeys(known)
	}
	if ssh.SudoPassword, err = cfg.secret(inv.SSH.SudoPassword); err != nil {
		return nil, invalid("%s: ssh.sudo.password: %w", inv.Source, err)
	}
	if cfg.Learned != nil {
		ssh.LearnTo, ssh.Learned = learnTo(inv, known), cfg.Learned
	}
	lookup := func(name string) (sshexec.Target, error) {
		t, ok := known[name]
		if !ok {
			return t, fmt.Errorf("%s is not in the inventory", name)
		}
		return t, nil
	}
	return &Cluster{cfg: cfg.serial(), inv: inv, pool: sshexec.NewPool(ssh, lookup)}, nil
}

// Close ends the connections.
func (c *Cluster) Close() { c.pool.Close() }

// learnTo is the known_hosts file to which accepted keys go: the first that is
// asked.
func learnTo(inv *inventory.Cluster, known map[string]sshexec.Target) string {
	for _, n := range inv.Nodes() {
		if files := known[string(n.Name)].KnownHosts; len(files) > 0 {
			return files[0]
		}
	}
	return inventory.DefaultSSH().KnownHosts[0]
}

// checks asks the nodes of a subject, and the operator's own gates from here: for
// a run, or, without a name, for a look.
func (c *Cluster) checks(s checks.Subject, run string) *checks.Cluster {
	return c.checksOf(probers{c.pool}, s, run)
}

func (c *Cluster) checksOf(nodes checks.Nodes, s checks.Subject, run string) *checks.Cluster {
	s.Access = c.cfg.Access
	return checks.New(nodes, s).Locally(checks.Local{Dir: filepath.Dir(c.inv.Source), Run: run, Dial: c.cfg.Dial})
}

// subject is the inventory's cluster. A node that did not answer goes by its declared
// address: else Mesos would seem to have lost it, and to have an unknown agent.
func (c *Cluster) subject(facts plan.Facts) checks.Subject {
	s := checks.Subject{
		From: c.inv.Target.From, To: c.inv.Target.To, Mesos: c.inv.Target.Mesos,
		Gates: plan.CustomGates(c.inv), TimeScale: c.inv.Rehearsal.TimeScale,
	}
	for _, n := range c.inv.Nodes() {
		pn := plan.Node{Name: n.Name, Address: n.Address, Port: n.Port, IP: plan.AddressOf(facts.Nodes[n.Name], n.Address), Role: n.Role, Group: n.Group, Zone: n.Zone, Disposition: plan.Patch}
		if _, out := c.inv.Excluded(n.Name, time.Now()); out {
			pn.Disposition = plan.Excluded
		}
		s.Nodes = append(s.Nodes, pn)
	}
	return s
}

// names are those of all nodes, in the inventory's order.
func (c *Cluster) names() []inventory.NodeName {
	var names []inventory.NodeName
	for _, n := range c.inv.Nodes() {
		names = append(names, n.Name)
	}
	return names
}

// masters are those of the inventory.
func (c *Cluster) masters() []inventory.NodeName {
	var names []inventory.NodeName
	for _, m := range c.inv.Masters {
		names = append(names, m.Name)
	}
	return names
}

func (c *Cluster) isMaster(name inventory.NodeName) bool {
	n, ok := c.inv.Node(name)
	return ok && n.Role == dcos.Master
}
