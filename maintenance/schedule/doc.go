// Package schedule makes a change of the maintenance schedule: read, merge, post, read back.
//
// Mesos compares nothing when a schedule is posted, so that of two who read at the same time
// the second removes what the first has posted. No lock serves everyone: who comes through
// Admin Router reaches no master's disk, and other tools know none. Instead, updates converge.
// Each posts within Fresh of its reading, and goes on reading for Settle, which is longer than
// any other update may take from its reading to its effect; what is missing is posted again.
// The caller needs to hold nothing. See docs/decisions/0028.
package schedule
