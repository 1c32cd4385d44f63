package node

import (
	"context"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// Host is what the program needs of a node; *sshexec.Conn is one. Safe for
// concurrent use. Errors are those of package sshexec.
type Host interface {
	Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error)
}
