// Package sshexec keeps one SSH connection to a node and runs commands, puts
// files and opens tunnels over it.
//
// Its errors keep two things apart that everything above rests on: an
// *ExitError is what the node said; a *LostError means that nobody heard the
// end, and that the command may still be running. A *NotRunError, *SudoError or
// *DialError means that nothing has happened. No command is ever run twice.
//
// A Pool keeps the connections: one per node, one per chain of jump hosts. A
// connection that is gone stays gone for those who use it; the next Get dials
// again. Host keys are strict: an unknown one is refused unless asked to be
// learned, a changed one always.
//
// It takes nodes as they are: a sudo that asks for a password or wants a
// terminal, an sshd without SFTP or forwarding or with too few places, a
// login shell that is a csh, is slow, or prints (docs/decisions says how).
//
// Not here: passwords of logins, interactive logins, and trust in anything that
// is not in a known_hosts file or signed by an authority that is.
package sshexec
