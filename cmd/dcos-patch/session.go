package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// loadInventory loads an inventory that a plan can be made of.
func loadInventory(file string) (*inventory.Cluster, error) {
	inv, err := inventory.Load(file)
	if err != nil {
		return nil, err
	}
	if inv.Target.URL == "" {
		return nil, invalid("%s: no target: say target: with the url of the node patch script, from and to", file)
	}
	return inv, nil
}

// session is one command's way to the cluster: the inventory and one kept
// connection per node.
type session struct {
	inv  *inventory.Cluster
	pool *sshexec.Pool
	dial dialer
	tell io.Writer // what a person should know while it lasts
}

// dialer opens TCP connections; nil is the network. The demo has its own.
type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// open is the way to the inventory's cluster.
func (a *app) open(inv *inventory.Cluster) (*session, error) {
	s, err := openSession(inv, a.world)
	if err == nil && a.output == "text" {
		s.tell = a.err
	}
	return s, err
}

// openSession dials nothing yet. What is wrong with the ssh configuration or
// with a secret is told here, once, and not by every node.
func openSession(inv *inventory.Cluster, w world) (*session, error) {
	cfg := sshexec.Config{
		AgentSocket: os.Getenv("SSH_AUTH_SOCK"), NetDial: w.dial, Passphrase: w.phrase,
		DialTimeout: inv.SSH.Dial, Attempts: inv.SSH.DialAttempts, KeepAlive: inv.SSH.Keepalive, KeepAliveMisses: inv.SSH.KeepaliveMiss,
		Algorithms: sshexec.Algorithms{KeyExchanges: inv.SSH.KeyExchanges, Ciphers: inv.SSH.Ciphers, MACs: inv.SSH.MACs, HostKeys: inv.SSH.HostKeyAlgorithms},
	}
	config := ""
	if w.dial == nil { // the network: of another, the operator's own configuration says nothing
		config = inv.SSH.Config
		collectOften()
	}
	known, err := targets(inv, config)
	if err != nil {
		return nil, invalid("%s: ssh: %w", inv.Source, err)
	}
	if w.dial == nil && config == "" {
		tryDefaultKeys(known)
	}
	if cfg.SudoPassword, err = secret(inv.SSH.SudoPassword); err != nil {
		return nil, invalid("%s: ssh.sudo.password: %w", inv.Source, err)
	}
	if w.learned != nil {
		cfg.LearnTo, cfg.Learned = learnTo(inv, known), w.learned
	}
	lookup := func(name string) (sshexec.Target, error) {
		t, ok := known[name]
		if !ok {
			return t, fmt.Errorf("%s is not in the inventory", name)
		}
		return t, nil
	}
	return &session{inv: inv, pool: sshexec.NewPool(cfg, lookup), dial: w.dial, tell: io.Discard}, nil
}

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

func (s *session) close() { s.pool.Close() }

// checks asks the nodes of a plan, and the operator's own gates from here: for
// a run, or, without a name, for a look.
func (s *session) checks(p *plan.Plan, run string) *checks.Cluster {
	return s.checksOf(probers{s.pool}, p, run)
}

func (s *session) checksOf(nodes checks.Nodes, p *plan.Plan, run string) *checks.Cluster {
	return checks.New(nodes, p).Locally(checks.Local{Dir: filepath.Dir(s.inv.Source), Run: run, Dial: s.dial})
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

// surveyed is what a survey found, with the script's bytes.
type surveyed struct {
	facts  plan.Facts
	script []byte
}

// survey looks at the whole cluster and changes nothing.
func (s *session) survey(ctx context.Context) (surveyed, error) {
	facts := patcher.Survey(ctx, newPatient(hosts{s.pool}, s.tell), s.inv)
	if err := ctx.Err(); err != nil {
		return surveyed{}, err
	}
	out := surveyed{facts: facts}
	first := s.inv.Masters[0].Name
	if facts.Nodes[first].Err != "" {
		patcher.LookCloser(ctx, hosts{s.pool}, s.inv, facts)
		return out, ctx.Err() // the planner refuses, naming every node that does not answer
	}
	h, err := s.pool.Get(ctx, string(first))
	if err != nil {
		return out, err
	}
	script, body, err := patcher.FetchScript(ctx, h, string(first), s.inv.Target.URL)
	if err := ctx.Err(); err != nil {
		return out, err
	}
	if err != nil {
		out.facts.ScriptErr = err.Error()
	}
	out.facts.Script, out.script = script, body
	out.facts.Deployments, _ = patcher.Deployments(ctx, h, plan.AddressOf(out.facts.Nodes[first], s.inv.Masters[0].Address))
	patcher.LookCloser(ctx, hosts{s.pool}, s.inv, out.facts)
	if err := ctx.Err(); err != nil {
		return out, err
	}
	out.facts.Cluster = s.checksOf(surveyedNodes{probers{s.pool}, facts}, s.sketch(facts), "").Observe(ctx, plan.Ask{Kind: plan.StagePreflight})
	if err := ctx.Err(); err != nil { // a look that was cut short has seen nothing
		return out, err
	}
	out.facts.Unknown = out.facts.Cluster.Unknown
	for name, n := range out.facts.Cluster.Tasks {
		f := out.facts.Nodes[name]
		f.Tasks = n
		out.facts.Nodes[name] = f
	}
	return out, nil
}

// sketch is as much of a plan as a look at the cluster needs. A node that did
// not answer goes by its declared address: else Mesos would seem to have lost
// it, and to have a stranger.
func (s *session) sketch(facts plan.Facts) *plan.Plan {
	p := &plan.Plan{Cluster: plan.ClusterRef{Name: s.inv.Name, ID: s.inv.ID}, From: s.inv.Target.From, To: s.inv.Target.To, Script: facts.Script, Mesos: s.inv.Target.Mesos, Gates: plan.CustomGates(s.inv)}
	for _, n := range s.inv.Nodes() {
		pn := plan.Node{Name: n.Name, Address: n.Address, Port: n.Port, IP: plan.AddressOf(facts.Nodes[n.Name], n.Address), Role: n.Role, Group: n.Group, Zone: n.Zone, Disposition: plan.Patch}
		if _, out := s.inv.Excluded(n.Name, time.Now()); out {
			pn.Disposition = plan.Excluded
		}
		p.Nodes = append(p.Nodes, pn)
	}
	return p
}

// who is the owner that locks and receipts name.
func (a *app) who() string { return cmp.Or(a.owner, owner()) }

// owner says who runs this, and where, for locks and receipts.
func owner() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s@%s pid %d", name, host, os.Getpid())
}
