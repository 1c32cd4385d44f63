package sshexec

import (
	"fmt"
	"strings"
)

// HostKeyProblem says why a host key was refused.
type HostKeyProblem uint8

const (
	HostKeyUnknown HostKeyProblem = iota // no known_hosts file names the node
	HostKeyChanged                       // one names it, with another key
	HostKeyRevoked                       // the key is marked @revoked
)

// KnownKey is a line of a known_hosts file.
type KnownKey struct {
	File string
	Line int
	Key  string // type and fingerprint
}

func (k KnownKey) String() string { return fmt.Sprintf("%s:%d", k.File, k.Line) }

// HostKeyError is a node whose host key was refused. It is an ErrHostKey.
type HostKeyError struct {
	Addr    string
	Problem HostKeyProblem
	Sent    string     // what the node sent: type and fingerprint
	Want    []KnownKey // what the files hold for it
	Files   []string   // that were asked
}

func (e *HostKeyError) Error() string {
	var want []string
	for _, k := range e.Want {
		want = append(want, fmt.Sprintf("%s wants %s", k, k.Key))
	}
	lines := strings.Join(want, ", ")
	switch e.Problem {
	case HostKeyChanged:
		return fmt.Sprintf("the host key of %s has changed: it sent %s, %s; find out why before anything else, and correct that line only if the node was reinstalled", e.Addr, e.Sent, lines)
	case HostKeyRevoked:
		return fmt.Sprintf("the host key of %s is revoked: it sent %s, see %s; do not connect before you know why", e.Addr, e.Sent, lines)
	default:
		files := strings.Join(e.Files, ", ")
		if files == "" {
			files = "a known_hosts file (none is configured)"
		}
		return fmt.Sprintf("the host key of %s is not known: it sent %s; compare that with the node's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) and add it to %s", e.Addr, e.Sent, files)
	}
}

// Unwrap makes it an ErrHostKey.
func (e *HostKeyError) Unwrap() error { return ErrHostKey }
