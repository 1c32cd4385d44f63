package checks

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/daemons"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Prober is one node as checks see it: the node program's host, and TCP
// connections made from the node. *sshexec.Conn is one. Safe for concurrent
// use; a cancelled context ends a call, but not a connection made by it.
type Prober interface {
	node.Host
	DialContext(ctx context.Context, network, addr string) (net.Conn, error)
}

// Nodes finds the way to a node. It is asked again for every question, so that
// a connection that broke may have been replaced. Safe for concurrent use.
type Nodes interface {
	Node(ctx context.Context, name inventory.NodeName) (Prober, error)
}

// Cluster asks the nodes of a Subject. It is meant to live as long as a run, for
// it holds what must be shared: one reader of metrics per Mesos daemon, whose
// rate limit is everyone's together (REC 4), and the questions that many lanes
// have at the same time, whose answers are as long as the cluster is large.
// Safe for concurrent use; it changes nothing on any node.
type Cluster struct {
	subject Subject
	peers   map[inventory.NodeName]*peer // of every node; never changed
	masters []*peer                      // in the subject's order
	lead    *mesos.Shared[leadership]
	last    lastLook
	away    awayBook
	rows    rowBook

	recorder     Recorder // nil: samples are not kept
	local        Local
	untilTimeout bool // no gate is given up before its time
}

// New makes a Cluster of a subject, whose nodes it reaches through nodes.
func New(nodes Nodes, s Subject) *Cluster {
	c := &Cluster{subject: s, peers: make(map[inventory.NodeName]*peer, len(s.Nodes))}
	for _, n := range s.Nodes {
		p := newPeer(nodes, n, s)
		if c.peers[n.Name] = p; n.Role == dcos.Master {
			c.masters = append(c.masters, p)
		}
	}
	c.lead = mesos.NewShared(mesos.Pace{Ready: c.mastersReady}, c.askLeadership)
	return c
}

// peer is one node and the clients of its daemons.
type peer struct {
	nodes   Nodes
	node    plan.Node
	access  daemons.Access
	http    *http.Client
	mesos   *mesos.Client
	metrics *mesos.Reader
	agents  *mesos.Shared[dcos.Agents] // as a leading master lists them
	tasks   *mesos.Shared[dcos.Tasks]
	tunnels chan struct{} // a place per open connection
	reach   reach
	logs    logs

	mu    sync.Mutex
	units map[string]*mesos.Shared[dcos.Unit] // by name, of the units asked for so far
}

// The paces of questions that lanes and gates share. Lists grow with the
// cluster, and with them what they cost the leader: of a thousand nodes they are
// asked for once a second at most, and are a quarter of what keeps it busy.
func unitPace() mesos.Pace { return mesos.Pace{Spacing: 200 * time.Millisecond, Rest: 1} }
func listPace(nodes int) mesos.Pace {
	return mesos.Pace{Spacing: time.Duration(nodes) * time.Millisecond, Rest: 3}
}

func newPeer(nodes Nodes, n plan.Node, in Subject) *peer {
	clusterSize := len(in.Nodes)
	p := &peer{nodes: nodes, node: n, access: in.Access, tunnels: make(chan struct{}, maxTunnels), units: make(map[string]*mesos.Shared[dcos.Unit])}
	p.http = in.Access.Client(p.dial)
	p.mesos = mesos.New(p.http, in.Access.URL(n.IP, n.Role.MesosPort())).Expecting(clusterSize)
	p.metrics = mesos.NewReader(p.mesos, plan.Spacing(in.TimeScale, mesos.ReadSpacing))
	p.agents = mesos.NewShared(listPace(clusterSize), func(ctx context.Context) (dcos.Agents, error) { return overHTTP(ctx, p.mesos.Agents) })
	p.tasks = mesos.NewShared(listPace(clusterSize), func(ctx context.Context) (dcos.Tasks, error) { return overHTTP(ctx, p.mesos.Tasks) })
	return p
}

// dial has a limit of its own: http.Transport goes on dialling after the
// request has been given up.
func (p *peer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, httpTimeout)
	defer cancel()
	prober, err := p.prober(ctx)
	if err != nil {
		return nil, err
	}
	select {
	case p.tunnels <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	conn, err := prober.DialContext(ctx, network, addr)
	if err != nil {
		<-p.tunnels
		return nil, err
	}
	return newTunnel(conn, p.tunnels), nil
}

// The longest that single questions may take. A node whose dcos-net restarts
// has no DNS, and sudo alone then takes tens of seconds; Exhibitor asks every
// other one in turn, 10 s each; the check runner and cockroach are given 60 s
// by the node program.
const (
	httpTimeout  = 15 * time.Second
	shellTimeout = 60 * time.Second
	slowTimeout  = 90 * time.Second
)

// onNode calls one verb of the node program.
func onNode[T any](ctx context.Context, p *peer, timeout time.Duration, verb func(context.Context, Prober) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	prober, err := p.prober(ctx)
	if err != nil {
		var none T
		return none, err
	}
	return verb(ctx, prober)
}

// overHTTP bounds one request to a daemon.
func overHTTP[T any](ctx context.Context, get func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, httpTimeout)
	defer cancel()
	return get(ctx)
}

// peer finds a node of the subject.
func (c *Cluster) peer(name inventory.NodeName) (*peer, error) {
	if p, ok := c.peers[name]; ok {
		return p, nil
	}
	return nil, fmt.Errorf("there is no node %q to ask", name)
}

// atOnce is how many masters are asked side by side.
const atOnce = 5

// Leading finds the leading one of the masters, for what a person asks it.
func (c *Cluster) Leading() *mesos.Leading {
	var all []*mesos.Client
	for _, m := range c.masters {
		all = append(all, m.mesos)
	}
	return mesos.NewLeading(all...)
}
