// Package sshd is an SSH server for stand-ins: the simulated cluster and the
// tests of sshexec. It speaks the real protocol (golang.org/x/crypto/ssh) and
// leaves what a command, a tunnel or a file is to a Handler.
//
// It is no server for production: one user, public keys only, no shell, no pty.
package sshd
