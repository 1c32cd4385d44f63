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
	Limit int       // bytes kept of each output; 0 means 1 MiB; of standard error, never more than 64 KiB. What exceeds it is dropped and Result.Truncated set
}

// Result is what a finished command printed.
type Result struct {
	Stdout, Stderr []byte
	Truncated      bool
	Took           time.Duration
}
