// Package mesos asks a Mesos master or agent over its HTTP API: the v1
// operator calls and the few v0 endpoints that answer on a standby too.
// A Scheduler is a framework at the leading master (v1 scheduler API), for a task
// or two.
//
// A Client does not follow redirects, does not retry and does not decide: an answer
// that is not there is an error which says why. Leading asks the one master of several
// that leads, and follows redirects where nothing is changed. Calls says of every call
// what a caller must know before it makes it, and before it makes it again.
package mesos
