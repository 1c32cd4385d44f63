package checks

import (
	"net"
	"sync"
)

// maxTunnels is how many connections through one node are open at once; further
// ones wait. SSH buffers up to 2 MiB of each, which a node that lies would fill.
const maxTunnels = 3

// tunnel is a connection that gives its place back when it is closed.
type tunnel struct {
	net.Conn
	leave func()
}

func newTunnel(c net.Conn, places <-chan struct{}) *tunnel {
	return &tunnel{Conn: c, leave: sync.OnceFunc(func() { <-places })}
}

// Close closes the connection. It may be called often.
func (t *tunnel) Close() error {
	defer t.leave()
	return t.Conn.Close()
}
