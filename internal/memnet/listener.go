package memnet

import (
	"net"
	"sync"
)

// Listener accepts what is dialled to its address.
type Listener struct {
	net     *Network
	addr    Addr
	backlog chan *Conn
	gone    chan struct{}
	once    sync.Once
}

// Accept waits for a connection; net.ErrClosed after Close.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case <-l.gone:
		return nil, &net.OpError{Op: "accept", Net: l.addr.Network(), Addr: l.addr, Err: net.ErrClosed}
	default:
	}
	select {
	case c := <-l.backlog:
		return c, nil
	case <-l.gone:
		return nil, &net.OpError{Op: "accept", Net: l.addr.Network(), Addr: l.addr, Err: net.ErrClosed}
	}
}

// Close gives the address back. Accepted connections go on; those nobody has
// accepted are closed.
func (l *Listener) Close() error {
	l.once.Do(func() {
		l.net.mu.Lock()
		delete(l.net.listeners, l.addr)
		l.net.mu.Unlock() // from here on nobody adds to the backlog
		close(l.gone)
		for {
			select {
			case c := <-l.backlog:
				c.Close()
			default:
				return
			}
		}
	})
	return nil
}

// Addr is the address that was asked for.
func (l *Listener) Addr() net.Addr { return l.addr }
