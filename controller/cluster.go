package controller

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/patcher"
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

// checks asks the nodes of a plan, and the operator's own gates from here: for
// a run, or, without a name, for a look.
func (c *Cluster) checks(p *plan.Plan, run string) *checks.Cluster {
	return c.checksOf(probers{c.pool}, p, run)
}

func (c *Cluster) checksOf(nodes checks.Nodes, p *plan.Plan, run string) *checks.Cluster {
	return checks.New(nodes, p).Locally(checks.Local{Dir: filepath.Dir(c.inv.Source), Run: run, Dial: c.cfg.Dial})
}

// probers and hosts are the pool as packages checks and patcher see it.
type (
	probers struct{ pool *sshexec.Pool }
	hosts   struct{ pool *sshexec.Pool }
)

func (p probers) Node(ctx context.Context, name inventory.NodeName) (checks.Prober, error) {
	return p.pool.Get(ctx, string(name))
}

func (h hosts) Node(ctx context.Context, name inventory.NodeName) (patcher.Host, error) {
	return h.pool.Get(ctx, string(name))
}

// Visit lets the pool end the connection after a visit.
func (h hosts) Visit(name inventory.NodeName) (leave func()) { return h.pool.Visit(string(name)) }

// Survey is what a survey found.
type Survey struct {
	Facts  plan.Facts
	Script []byte // the node patch script
}

// Survey looks at the whole cluster and changes nothing.
func (c *Cluster) Survey(ctx context.Context) (Survey, error) {
	facts := patcher.Survey(ctx, newPatient(hosts{c.pool}, c.cfg.tell), c.inv)
	if err := ctx.Err(); err != nil {
		return Survey{}, err
	}
	out := Survey{Facts: facts}
	first := c.inv.Masters[0].Name
	if facts.Nodes[first].Err != "" {
		patcher.LookCloser(ctx, hosts{c.pool}, c.inv, facts)
		return out, ctx.Err() // the planner refuses, naming every node that does not answer
	}
	h, err := c.pool.Get(ctx, string(first))
	if err != nil {
		return out, err
	}
	script, body, err := patcher.FetchScript(ctx, h, string(first), c.inv.Target.URL)
	if err := ctx.Err(); err != nil {
		return out, err
	}
	if err != nil {
		out.Facts.ScriptErr = err.Error()
	}
	out.Facts.Script, out.Script = script, body
	out.Facts.Deployments, _ = patcher.Deployments(ctx, h, plan.AddressOf(out.Facts.Nodes[first], c.inv.Masters[0].Address))
	patcher.LookCloser(ctx, hosts{c.pool}, c.inv, out.Facts)
	if err := ctx.Err(); err != nil {
		return out, err
	}
	out.Facts.Cluster = c.checksOf(surveyedNodes{probers{c.pool}, facts}, c.sketch(facts), "").Observe(ctx, plan.Ask{Kind: plan.StagePreflight})
	if err := ctx.Err(); err != nil { // a look that was cut short has seen nothing
		return out, err
	}
	out.Facts.Unknown = out.Facts.Cluster.Unknown
	for name, n := range out.Facts.Cluster.Tasks {
		f := out.Facts.Nodes[name]
		f.Tasks = n
		out.Facts.Nodes[name] = f
	}
	return out, nil
}

// sketch is as much of a plan as a look at the cluster needs. A node that did
// not answer goes by its declared address: else Mesos would seem to have lost
// it, and to have a stranger.
func (c *Cluster) sketch(facts plan.Facts) *plan.Plan {
	p := &plan.Plan{Cluster: plan.ClusterRef{Name: c.inv.Name, ID: c.inv.ID}, From: c.inv.Target.From, To: c.inv.Target.To, Script: facts.Script, Mesos: c.inv.Target.Mesos, Gates: plan.CustomGates(c.inv)}
	for _, n := range c.inv.Nodes() {
		pn := plan.Node{Name: n.Name, Address: n.Address, Port: n.Port, IP: plan.AddressOf(facts.Nodes[n.Name], n.Address), Role: n.Role, Group: n.Group, Zone: n.Zone, Disposition: plan.Patch}
		if _, out := c.inv.Excluded(n.Name, time.Now()); out {
			pn.Disposition = plan.Excluded
		}
		p.Nodes = append(p.Nodes, pn)
	}
	return p
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
