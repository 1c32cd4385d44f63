// Package controller is the life of a run: it opens a cluster, surveys it, plans,
// applies a plan, resumes, takes over, parks, abandons, sweeps, breaks a lock and
// checks a node. A context goes in, events (see Event) and a result come out. It
// prints nothing, reads no flag, and ends no process; of the environment it knows what
// Config says (and an ssh configuration, which may name variables).
//
// Whatever keeps two controllers apart is in here: the place of the controller on
// this machine, the cluster lock and its epoch, and the journal. A program that
// embeds the package is as safe beside the command as the command is beside itself.
//
// A run has two steps, so that a person may look between them: Prepare, then
// Prepared.Apply; Reopen, then Reopened.Resume. Commands that are given as advice are
// those of the command dcos-patch.
package controller
