// Package node is the node program: the one POSIX-sh program of ours that runs
// on nodes, the calls of its verbs, and the decoding of their answers.
// docs/node-program.md is its contract.
//
// Reading verbs get the program on standard input and leave nothing behind.
// Mutating verbs run an installed copy, under a lock and an epoch.
package node
