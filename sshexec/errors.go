package sshexec

import (
	"errors"
	"fmt"
)

// Errors that trying again cannot cure.
var (
	ErrAuth    = errors.New("the node accepted none of our keys")
	ErrHostKey = errors.New("host key is not the one in known_hosts")
)

// DialError means that no connection came up; nothing was run.
type DialError struct {
	Node string
	Addr string
	Via  string // the hop that failed, when it was a jump host
	Err  error
}

func (e *DialError) Error() string {
	if e.Via != "" {
		return fmt.Sprintf("%s: connecting to %s via %s: %v", e.Node, e.Addr, e.Via, e.Err)
	}
	return fmt.Sprintf("%s: connecting to %s: %v", e.Node, e.Addr, e.Err)
}

func (e *DialError) Unwrap() error { return e.Err }

// ExitError is a command that ran and said no. Code is its exit code, or 128
// plus the signal that ended it.
type ExitError struct {
	Node   string
	Cmd    string // redacted
	Code   int
	Stderr []byte
}

func (e *ExitError) Error() string {
	return fmt.Sprintf("%s: %s: exit code %d", e.Node, e.Cmd, e.Code)
}

// LostError is a command whose end nobody heard: the connection broke, or the
// caller stopped waiting. The command may still be running.
type LostError struct {
	Node string
	Cmd  string
	Err  error
}

func (e *LostError) Error() string {
	return fmt.Sprintf("%s: %s: lost the connection, the command may still be running: %v", e.Node, e.Cmd, e.Err)
}

func (e *LostError) Unwrap() error { return e.Err }

// SudoError means that the login user may not become root without a password.
type SudoError struct {
	Node   string
	Stderr string
}

func (e *SudoError) Error() string { return fmt.Sprintf("%s: sudo refused: %s", e.Node, e.Stderr) }
