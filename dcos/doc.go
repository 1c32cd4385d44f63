// Package dcos is the vocabulary of DC/OS and Mesos: roles, versions, ports,
// paths, unit names, and decoders for what a node answers.
//
// It is pure: no clock, no network, no files. A decoder takes bytes and gives
// a value or an error that names the field it could not read; it never fills
// a hole with a zero, because a missing metric and a metric of 0 mean
// different things (DC/OS answers 200 with parts missing while it starts).
//
// Where an answer may rightly lack a number or a yes, it is a Count or a
// Truth, whose zero value is unknown; an instant that is lacking is the zero
// time. testdata/recordings holds what a real cluster answered.
package dcos
