// Package sshd is an SSH server for tests and simulations: authentication,
// commands, SFTP and direct-tcpip, each handed to a Handler.
package sshd
