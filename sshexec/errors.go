package sshexec

import (
	"errors"
	"fmt"
)

// Errors that trying again cannot cure.
var (
	ErrAuth    = errors.New("the node accepted none of our keys")
	ErrHostKey = errors.New("host key is not the one in known_hosts")

	// ErrNoSession is cured by a new connection (Pool.Drop).
	ErrNoSession = errors.New("the node's sshd opens no further session on this connection (MaxSessions; commands that were given up but still run count)")

	ErrNoForwarding = errors.New("the node's sshd forbids forwarding (AllowTcpForwarding)")
)

// Reasons for the end of a connection.
var (
	ErrClosed   = errors.New("we closed the connection")
	ErrDeadPeer = errors.New("the node has answered nothing")
	ErrHung     = errors.New("the node ends none of the commands that were given up")
)

// errDropped is cured by waiting: others log in at the same time.
var errDropped = errors.New("sshd hung up before it said who it is (MaxStartups?)")

var errNoSFTP = errors.New("the node has no sftp subsystem")

// NotRunError is a command that was not started: nothing has happened.
type NotRunError struct {
	Node string
	Cmd  string // redacted
	Err  error
}

func (e *NotRunError) Error() string {
	return fmt.Sprintf("%s: %s: was not started: %v", e.Node, e.Cmd, e.Err)
}

func (e *NotRunError) Unwrap() error { return e.Err }

// TunnelError is a connection from a node to an address that did not come up.
type TunnelError struct {
	Node string
	Addr string
	Err  error
}

func (e *TunnelError) Error() string {
	return fmt.Sprintf("%s cannot connect to %s: %v", e.Node, e.Addr, e.Err)
}

func (e *TunnelError) Unwrap() error { return e.Err }

// ChecksumError is a file that did not arrive as it was sent.
type ChecksumError struct {
	Node      string
	Path      string // the private copy on the node
	Got, Want string // SHA-256, hexadecimal
}

func (e *ChecksumError) Error() string {
	return fmt.Sprintf("%s: %s has SHA-256 %s, want %s; nothing was installed, look for a full disk, then put it again", e.Node, e.Path, e.Got, e.Want)
}

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
	if e.Addr == "" {
		return fmt.Sprintf("%s: connecting: %v", e.Node, e.Err)
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
	words := e.LastWords()
	if words == "" {
		return fmt.Sprintf("%s: %s: exit code %d (it said nothing)", e.Node, e.Cmd, e.Code)
	}
	return fmt.Sprintf("%s: %s: exit code %d: %s", e.Node, e.Cmd, e.Code, words)
}

// LastWords are the last lines of standard error, which mostly hold the reason,
// as one short, printable line. Empty: there are none.
func (e *ExitError) LastWords() string { return lastWords(e.Stderr) }

// Reason is an error's text; of a command that has failed, what the node said.
func Reason(err error) string {
	var exit *ExitError
	if errors.As(err, &exit) && exit.LastWords() != "" {
		return fmt.Sprintf("%s: exit code %d: %s", exit.Node, exit.Code, exit.LastWords())
	}
	return err.Error()
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

// SudoError means that sudo did not let the login user become root: it wants a
// password that it was not told, or another one, or does not let that user at all.
// The command has not begun.
type SudoError struct {
	Node   string
	Stderr string
}

func (e *SudoError) Error() string { return fmt.Sprintf("%s: sudo refused: %s", e.Node, e.Stderr) }
