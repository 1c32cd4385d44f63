package memnet

import (
	"context"
	"fmt"
	"net"
	"sync"
	"syscall"
)

// Network is a set of listeners by "host:port" and of the connections to them.
// The zero value is empty and ready. Safe for concurrent use.
type Network struct {
	mu        sync.Mutex
	listeners map[Addr]*Listener
	conns     map[*Conn]struct{}     // the dialling end of each open connection
	silent    map[Addr]chan struct{} // closed by Heal
	dialled   int
}

// Listen takes addr until the listener is closed. EADDRINUSE when it is taken.
func (n *Network) Listen(addr string) (*Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	a := Addr(addr)
	if _, taken := n.listeners[a]; taken {
		return nil, &net.OpError{Op: "listen", Net: a.Network(), Addr: a, Err: syscall.EADDRINUSE}
	}
	l := &Listener{net: n, addr: a, backlog: make(chan *Conn, 128), gone: make(chan struct{})}
	if n.listeners == nil {
		n.listeners = map[Addr]*Listener{}
	}
	n.listeners[a] = l
	return l, nil
}

// Dial connects to a listener. Nobody listening gives ECONNREFUSED at once; a
// silenced address answers only after Heal, or when ctx ends.
func (n *Network) Dial(ctx context.Context, addr string) (net.Conn, error) {
	c, err := n.dial(ctx, Addr(addr))
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: Addr(addr).Network(), Addr: Addr(addr), Err: err}
	}
	return c, nil
}

// DialContext is Dial in the shape of net.Dialer; the network is ignored.
func (n *Network) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	return n.Dial(ctx, addr)
}

func (n *Network) dial(ctx context.Context, addr Addr) (*Conn, error) {
	for ctx.Err() == nil {
		n.mu.Lock()
		healed, silent := n.silent[addr]
		if !silent {
			defer n.mu.Unlock()
			return n.connect(addr)
		}
		n.mu.Unlock()
		select {
		case <-healed:
		case <-ctx.Done():
		}
	}
	return nil, context.Cause(ctx)
}

// connect hands one end to the listener. The lock is held.
func (n *Network) connect(addr Addr) (*Conn, error) {
	l := n.listeners[addr]
	if l == nil {
		return nil, syscall.ECONNREFUSED
	}
	n.dialled++
	ours, theirs := Pipe(Addr(fmt.Sprintf("dialler:%d", n.dialled)), addr)
	forget := func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.conns, ours)
	}
	ours.closed, theirs.closed = forget, forget
	select {
	case l.backlog <- theirs: // from here on the listener's
	default:
		return nil, syscall.ECONNREFUSED
	}
	if n.conns == nil {
		n.conns = map[*Conn]struct{}{}
	}
	n.conns[ours] = struct{}{}
	return ours, nil
}

// Cut resets every connection to addr: both ends get ECONNRESET, and what was
// under way is lost. New connections are accepted. It says how many were cut.
func (n *Network) Cut(addr string) int {
	cut := n.to(Addr(addr))
	for _, c := range cut {
		c.snap(syscall.ECONNRESET)
		c.closed()
	}
	return len(cut)
}

// Silence makes addr fall silent, as a node without power or a dropping
// firewall does: nothing is delivered, no error is given, Dial waits.
func (n *Network) Silence(addr string) {
	a := Addr(addr)
	n.mu.Lock()
	if n.silent == nil {
		n.silent = map[Addr]chan struct{}{}
	}
	if _, already := n.silent[a]; !already {
		n.silent[a] = make(chan struct{})
	}
	n.mu.Unlock()
	for _, c := range n.to(a) {
		c.freeze()
	}
}

// Heal ends Silence: what was held is delivered.
func (n *Network) Heal(addr string) {
	a := Addr(addr)
	n.mu.Lock()
	if healed, silent := n.silent[a]; silent {
		close(healed)
		delete(n.silent, a)
	}
	n.mu.Unlock()
	for _, c := range n.to(a) {
		c.thaw()
	}
}

func (n *Network) to(addr Addr) []*Conn {
	n.mu.Lock()
	defer n.mu.Unlock()
	var to []*Conn
	for c := range n.conns {
		if c.remote == addr {
			to = append(to, c)
		}
	}
	return to
}
