package sshexec

import (
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
	broken atomic.Bool
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err != nil {
		w.broken.Store(true)
	}
	if errors.Is(err, io.EOF) {
		err = errHungUp
	}
	return n, err
}
