// Package sshexec keeps one SSH connection to a node and runs commands, puts
// files and opens tunnels over it.
//
// Its errors keep two things apart that everything above rests on: an
// *ExitError is what the node said; a *LostError means that nobody heard the
// end, and that the command may still be running.
package sshexec
