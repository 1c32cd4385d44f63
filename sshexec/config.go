package sshexec

import (
	"context"
	"net"
	"time"
)

// Config is what all connections of a run share. Zero fields take the default
// their comment names; a leading "~/" of a file is the home directory. It is copied when it is used, and never changed.
type Config struct {
	Identities  []string // private key files; FILE-cert.pub beside one is offered as its certificate
	AgentSocket string   // path of the agent's socket, as in SSH_AUTH_SOCK; "" asks no agent
	KnownHosts  []string // known_hosts files; missing ones are skipped, no entry means no connection

	// LearnTo is a known_hosts file, asked like those of KnownHosts, to which
	// the keys of unknown nodes are added. "" refuses unknown nodes. A changed key is
	// refused in any case.
	LearnTo string

	// Learned is told of each key that was added, by whichever goroutine dials.
	// nil: nobody wants to know.
	Learned func(addr, fingerprint string)

	// Passphrase asks for the passphrase of an encrypted key file, once for each
	// file of a Pool; why is empty, or says what was wrong with the last answer. An
	// error leaves that key out. nil: nobody can be asked.
	Passphrase func(ctx context.Context, file, why string) (Secret, error)

	// Algorithms are those of every connection; lists that are empty are those of
	// the target's Settings, or the usual ones.
	Algorithms Algorithms

	// SudoPassword is what sudo is told when it asks. Without one, sudo is run so that it
	// never asks.
	SudoPassword Secret

	DialTimeout time.Duration // of one attempt, with handshake and login; 15s
	Attempts    int           // to connect before giving up; 3
	Drops       int           // further ones when sshd hangs up before it says who it is (MaxStartups); 6

	// A peer that answers nothing is given up after at most
	// (KeepAliveMisses+1) * KeepAlive.
	KeepAlive       time.Duration // between keepalives; 15s
	KeepAliveMisses int           // unanswered ones that mean death; 3

	Handshakes        int // at once in a Pool; 16
	HandshakesPerJump int // at once through one jump host of a Pool; 4

	// Sessions is how many commands run at once on one connection; further
	// ones wait. 5: OpenSSH (9.2, seen) counts a session until it has handled
	// what arrived together with its end, so that twice as many must stay
	// within its MaxSessions, 10. A command that was given up counts there
	// for as long as it runs.
	Sessions int

	// Idle is how many connections of visited nodes are kept in a Pool beyond their
	// visit; 64.
	Idle int

	// NetDial opens the first connection of a chain. nil is a net.Dialer.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)

	settings Settings    // of the target
	failures *failures   // commands that have failed; nil: nobody remembers
	known    *knownFiles // what known_hosts files say; nil: read for each connection
	unlocked *unlocked   // keys whose passphrase was told; nil: none
}

func (c Config) withDefaults() Config {
	or := func(n *int, d int) {
		if *n <= 0 {
			*n = d
		}
	}
	if c.DialTimeout <= 0 {
		c.DialTimeout = 15 * time.Second
	}
	if c.KeepAlive <= 0 {
		c.KeepAlive = 15 * time.Second
	}
	or(&c.Attempts, 3)
	or(&c.Drops, 6)
	or(&c.KeepAliveMisses, 3)
	or(&c.Handshakes, 16)
	or(&c.HandshakesPerJump, 4)
	or(&c.Sessions, 5)
	or(&c.Idle, 64)
	if c.NetDial == nil {
		c.NetDial = (&net.Dialer{}).DialContext
	}
	return c
}
