package simcluster

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/memnet"
)

// endpoint is a daemon that can be reached through a tunnel.
type endpoint struct {
	n     *node // nil: the bootstrap node
	port  int
	since time.Time // of the process: a connection does not outlive it
}

type endpointKey struct{}

// served is the daemon's end of a tunnel.
type served struct {
	net.Conn
	to endpoint
}

// feed is a listener whose connections come from tunnels.
type feed struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (f *feed) Accept() (net.Conn, error) {
	select {
	case c := <-f.conns:
		return c, nil
	case <-f.done:
		return nil, net.ErrClosed
	}
}

func (f *feed) Close() error {
	f.once.Do(func() { close(f.done) })
	return nil
}

func (f *feed) Addr() net.Addr { return memnet.Addr("simcluster") }

func (f *feed) push(ctx context.Context, c net.Conn) error {
	select {
	case f.conns <- c:
		return nil
	case <-f.done:
		return net.ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// serveHTTP starts the one HTTP server behind every daemon.
func (c *Cluster) serveHTTP() {
	c.feed = &feed{conns: make(chan net.Conn), done: make(chan struct{})}
	c.http = &http.Server{
		Handler: http.HandlerFunc(c.answer),
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, endpointKey{}, conn.(served).to)
		},
	}
	c.serves.Go(func() { _ = c.http.Serve(c.feed) }) // ends with ErrServerClosed
}

// Dial opens a tunnel from the node to a daemon of this cluster.
func (s session) Dial(ctx context.Context, addr string) (net.Conn, error) {
	to, err := s.resolve(addr)
	if err != nil {
		return nil, err
	}
	near, far := memnet.Pipe(memnet.Addr(s.n.ip+":0"), memnet.Addr(addr))
	if to.port == dcos.ZooKeeperPort {
		s.n.c.mu.Lock()
		defer s.n.c.mu.Unlock()
		if s.n.c.closed {
			return nil, net.ErrClosed
		}
		s.n.c.serves.Go(func() { to.n.zooKeeperConn(far) })
		return near, nil
	}
	if err := s.n.c.feed.push(ctx, served{Conn: far, to: to}); err != nil {
		return nil, err
	}
	return near, nil
}

// resolve finds the daemon that listens on an address, as seen from the node.
func (s session) resolve(addr string) (endpoint, error) {
	host, service, err := net.SplitHostPort(addr)
	port, err2 := strconv.Atoi(service)
	if err != nil || err2 != nil {
		return endpoint{}, fmt.Errorf("address %s is malformed", addr)
	}
	c := s.n.c
	defer c.enter()()
	n, loopback := c.byIP[host], host == "127.0.0.1" || host == "localhost"
	if loopback {
		n = s.n
	}
	if addr == c.bootstrapAddr() {
		return endpoint{port: port}, nil
	}
	if n == nil {
		c.drift = append(c.drift, s.n.name+": tunnel to "+addr)
		return endpoint{}, fmt.Errorf("no route to host %s", host)
	}
	if !n.listens(port, loopback) {
		return endpoint{}, errRefused
	}
	return endpoint{n: n, port: port, since: n.listening(port)}, nil
}

// listens reports whether a process of the node has the port open. Mesos and
// Marathon listen on the node's address only.
func (n *node) listens(port int, loopback bool) bool {
	if !n.power {
		return false
	}
	master := n.role == dcos.Master
	switch port {
	case dcos.MesosMasterPort:
		return master && n.master.up && !loopback
	case dcos.MesosAgentPort:
		return !master && n.agent.up && !loopback
	case dcos.ExhibitorPort:
		return master && n.exhibitor.up
	case dcos.ZooKeeperPort:
		return master && n.exhibitor.zk
	case dcos.MarathonPort:
		return master && n.unit(unitMarathon).active == "active" && !loopback
	default:
		return false
	}
}

// listening is the start of the process that has the port open.
func (n *node) listening(port int) time.Time {
	switch port {
	case dcos.MesosMasterPort:
		return n.master.since
	case dcos.MesosAgentPort:
		return n.agent.since
	case dcos.ExhibitorPort:
		return n.unit(unitExhibitor).started
	case dcos.MarathonPort:
		return n.unit(unitMarathon).started
	default:
		return time.Time{}
	}
}

// alive reports whether the process that a connection was made to still runs.
func (e endpoint) alive() bool {
	return e.n.listens(e.port, e.port == dcos.ExhibitorPort) && e.since.Equal(e.n.listening(e.port))
}

// zooKeeperConn answers one four-letter word and hangs up.
func (n *node) zooKeeperConn(conn net.Conn) {
	defer conn.Close()
	word := make([]byte, 4)
	if _, err := io.ReadFull(conn, word); err != nil {
		return
	}
	leave := n.c.enter()
	answer := n.fourLetter(string(word))
	leave()
	_, _ = io.WriteString(conn, answer)
}
