// Package nodetest is the conformance table of the node program: what a node
// answers to its verbs, case by case. It runs against the real program under
// /bin/sh (package node's own tests) and against the simulated node's model of
// it, so that the two cannot drift.
//
//	for _, c := range nodetest.Cases() {
//		t.Run(c.Name, func(t *testing.T) { c.Try(t, newBench(t)) })
//	}
//
// Try needs no subtests and no real time, so a case may run inside a bubble of
// testing/synctest.
package nodetest
