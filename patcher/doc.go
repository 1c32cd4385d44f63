// Package patcher does one step on one node: it stages, patches, verifies, and
// finds out afterwards how a step in doubt has ended. Every change on a node
// goes through the node program (package node); every judgement comes from
// what the node says, never from an exit code alone.
//
// It also surveys a cluster for the planner, and holds the cluster lock.
package patcher
