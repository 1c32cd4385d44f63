package sshexec

import (
	"io"
	"time"
)

// Cmd is one command for a node.
type Cmd struct {
	Argv  []string  // quoted for the login shell by Conn; never interpreted here
	Stdin io.Reader // nil: empty
	Sudo  bool      // run as root through sudo
	Limit int       // bytes kept of standard output, its first; 0 means 1 MiB. What exceeds it is dropped and Result.Truncated set. Of standard error the last 64 KiB are kept
}

// Result is what a finished command printed.
type Result struct {
	Stdout, Stderr []byte
	Truncated      bool
	Took           time.Duration
}
