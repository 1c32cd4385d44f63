package simcluster

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/memnet"
)

// Cluster is a simulated cluster. Safe for concurrent use. New starts it; it
// must be closed.
type Cluster struct {
	opt    Options
	id     string // as /var/lib/dcos/cluster-id says
	start  time.Time
	script []byte // the node patch script that the bootstrap node serves

	userKey userKey
	net     memnet.Network // SSH in memory

	mu     sync.Mutex // guards all below, and every node
	tl     timeline
	nodes  []*node // masters, private agents, public agents
	byName map[string]*node
	byIP   map[string]*node
	mesos  mesosState
	zk     zkState
	watch  oracle
	acted  map[fault.Kind]bool // by fault.go
	drift  []string
	hist   []Event
	heard  []Heard
	sent   map[string]string // what stands in heard, once each
	timers []*time.Timer
	port   int
	mirror string // another address that packages are served at; for tests

	http   *http.Server
	feed   *feed
	serves sync.WaitGroup
	conns  map[net.Conn]struct{} // server ends of SSH connections
	closed bool
	quit   chan struct{}
}

// Event is one thing that happened in the cluster.
type Event struct {
	At   time.Time
	Node string
	What string // "launch", "exit", "down", "up", "registered", "elected", ..
	Text string
}

// New makes a cluster in a healthy steady state (but for its faults) as of
// now. Inside a synctest bubble, make it inside the bubble.
func New(opt Options) (*Cluster, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("simulated cluster: %w", err)
	}
	c := &Cluster{opt: opt, start: time.Now(), port: opt.Port, quit: make(chan struct{}),
		byName: map[string]*node{}, byIP: map[string]*node{}, sent: map[string]string{}, acted: map[fault.Kind]bool{}, conns: map[net.Conn]struct{}{}}
	def(&c.port, 22022)
	c.tl.at = c.start
	c.id = c.uuid("cluster")
	if err := c.addNodes(); err != nil {
		return nil, err
	}
	if err := opt.Faults.check(c.byName); err != nil {
		return nil, fmt.Errorf("simulated cluster: %w", err)
	}
	c.script = RenderScript(c.scriptText())
	c.settle()
	c.serveHTTP()
	return c, nil
}

// Close ends every connection and waits for all goroutines of the cluster.
func (c *Cluster) Close() {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		close(c.quit)
	}
	for _, t := range c.timers {
		t.Stop()
	}
	open := make([]net.Conn, 0, len(c.conns))
	for conn := range c.conns {
		open = append(open, conn)
	}
	c.mu.Unlock()
	for _, conn := range open {
		conn.Close()
	}
	c.http.Close()
	c.feed.Close()
	c.serves.Wait()
}

// enter takes the lock and plays what has happened meanwhile. The caller
// defers the function that it gives.
func (c *Cluster) enter() func() {
	c.mu.Lock()
	c.tl.play(time.Now())
	return c.mu.Unlock
}

// now is the model's time; the lock is held.
func (c *Cluster) now() time.Time { return c.tl.at }

// scaled makes a delay of the real world one of this cluster.
func (c *Cluster) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) * c.opt.TimeScale)
}

// after plans an event; the lock is held.
func (c *Cluster) after(d time.Duration, run func()) { c.tl.plan(c.now().Add(c.scaled(d)), run) }

// wake makes sure that somebody looks when d is over: for events that must
// act without being asked, such as cutting connections. The lock is held.
func (c *Cluster) wake(d time.Duration) {
	if c.closed {
		return
	}
	t := time.AfterFunc(time.Until(c.now().Add(c.scaled(d))), func() { c.enter()() })
	c.timers = append(c.timers, t)
}

// jitter is a number in [0, 1) that depends on the seed and the label only.
func (c *Cluster) jitter(label string) float64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", c.opt.Seed, label))
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
}

// spread is a duration between lo and hi, by jitter.
func (c *Cluster) spread(label string, lo, hi time.Duration) time.Duration {
	return lo + time.Duration(c.jitter(label)*float64(hi-lo))
}

// uuid is made of the seed and the label.
func (c *Cluster) uuid(label string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "uuid %d %s", c.opt.Seed, label))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func (c *Cluster) note(n *node, what, text string) {
	name := ""
	if n != nil {
		name = n.name
	}
	c.hist = append(c.hist, Event{At: c.now(), Node: name, What: what, Text: text})
}

// History gives what has happened so far, in order.
func (c *Cluster) History() []Event {
	defer c.enter()()
	return append([]Event(nil), c.hist...)
}

// Drift lists what was asked of a node that the model does not know. It must
// be empty, or product and model have drifted apart.
func (c *Cluster) Drift() []string {
	defer c.enter()()
	return append([]string(nil), c.drift...)
}

// ID is the cluster's own id.
func (c *Cluster) ID() string { return c.id }

// userKey is the login key of the cluster's user.
type userKey struct {
	signer ssh.Signer
	pem    []byte
}
