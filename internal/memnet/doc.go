// Package memnet is a network in memory: connections with buffers, deadlines
// and half-close, and a Network that knows listeners by name and can break.
//
// It exists because code that talks SSH must run inside testing/synctest, where
// a real socket keeps virtual time from moving, and where net.Pipe deadlocks:
// both sides of SSH write before they read.
//
// Everything a goroutine may wait for here is durably blocking in the sense of
// testing/synctest, provided that the Network or the Pipe was made inside the
// bubble. Nothing here starts a goroutine.
package memnet
