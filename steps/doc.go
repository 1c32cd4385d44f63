// Package steps decides how a step of a lane goes on: what came of the last call
// goes in, and the next call or the step's end comes out. It does no I/O, reads no
// clock and starts no goroutine, so that everything that can happen to a step is a
// table or a property in a test. Package patcher carries the calls out.
//
// The cluster lock is taken, given back and broken by machines, too.
package steps
