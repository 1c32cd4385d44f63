package sshd

import (
	"context"
	"io"
	"net"

	"github.com/pkg/sftp"
)

// Handler is the node behind a Server. Its methods are called concurrently.
type Handler interface {
	// Exec runs one command line, unparsed as it came, and returns its exit
	// code; -n means that signal n ended it. ctx ends when the client closes
	// the channel or the connection is gone: what is to outlive that must be
	// running somewhere else. Exec must return soon after ctx has ended.
	// stdin ends with io.EOF when the client has sent everything.
	Exec(ctx context.Context, line string, stdin io.Reader, stdout, stderr io.Writer) (code int)

	// Dial opens the far end of a tunnel to "host:port". An error refuses the
	// tunnel with its text. The server closes the connection.
	Dial(ctx context.Context, addr string) (net.Conn, error)

	// Files serves one SFTP session.
	Files() sftp.Handlers
}
