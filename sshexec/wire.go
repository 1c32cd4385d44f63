package sshexec

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync/atomic"
)

// errHungUp stands for the io.EOF of a raw connection.
var errHungUp = errors.New("the node hung up")

// wire is the raw connection below SSH. It remembers that reading has failed
// before anybody above can see it, and says io.EOF in words that mean something
// in the error of a command.
type wire struct {
	net.Conn
	broken  atomic.Bool
	version atomic.Bool // the peer has begun to say which SSH it speaks
}

// hungUpFirst says that the peer broke the connection off without a word of SSH.
func (w *wire) hungUpFirst() bool { return w.broken.Load() && !w.version.Load() }

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 && !w.broken.Load() && bytes.Contains(p[:n], []byte("SSH-")) {
		w.version.Store(true)
	}
	if err != nil {
		w.broken.Store(true)
	}
	if errors.Is(err, io.EOF) {
		err = errHungUp
	}
	return n, err
}

// Write notices a break too: the peer may have gone before it was read from.
func (w *wire) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	if err != nil {
		w.broken.Store(true)
	}
	return n, err
}
