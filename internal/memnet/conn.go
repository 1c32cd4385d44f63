package memnet

import (
	"net"
	"time"
)

// Addr is a "host:port" of this network.
type Addr string

// Network is "mem".
func (Addr) Network() string  { return "mem" }
func (a Addr) String() string { return string(a) }

// Conn is one end of a connection. Its methods may be called concurrently, as
// those of any net.Conn.
//
// Reading gives what the other end wrote, then io.EOF once that end has closed
// or half-closed; net.ErrClosed after our own Close; ECONNRESET after a cut.
// Writing to an end that is closed gives EPIPE.
type Conn struct {
	in, out       *half
	local, remote Addr
	closed        func() // tells the Network; nil for a Pipe
}

// Pipe returns the two ends of a new connection, named after their addresses.
func Pipe(a, b Addr) (*Conn, *Conn) {
	ab, ba := newHalf(), newHalf()
	return &Conn{in: ba, out: ab, local: a, remote: b}, &Conn{in: ab, out: ba, local: b, remote: a}
}

func (c *Conn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *Conn) Write(p []byte) (int, error) { return c.out.write(p) }

// CloseWrite ends our direction only: the other end reads what was written and
// then io.EOF, and may go on writing.
func (c *Conn) CloseWrite() error {
	c.out.endWriting()
	return nil
}

// Close ends both directions and wakes everybody who waits at either end. What
// was written before can still be read there.
func (c *Conn) Close() error {
	c.out.endWriting()
	c.in.endReading()
	if c.closed != nil {
		c.closed()
	}
	return nil
}

func (c *Conn) LocalAddr() net.Addr  { return c.local }
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

func (c *Conn) SetDeadline(t time.Time) error {
	c.in.setReadBy(t)
	c.out.setWriteBy(t)
	return nil
}

func (c *Conn) SetReadDeadline(t time.Time) error {
	c.in.setReadBy(t)
	return nil
}

func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.out.setWriteBy(t)
	return nil
}

// snap breaks both directions at once, as a reset does: what is under way is lost.
func (c *Conn) snap(err error) {
	c.in.snap(err)
	c.out.snap(err)
}

func (c *Conn) freeze() {
	c.in.freeze()
	c.out.freeze()
}

func (c *Conn) thaw() {
	c.in.thaw()
	c.out.thaw()
}
