// Package patcher does one step on one node, and finds out afterwards how a step in
// doubt has ended: it carries out what package steps decides. Every change on a node
// goes through the node program (package node); every judgement comes from
// what the node says, never from an exit code alone. A launch probe has Mesos start
// a task on an agent, by a framework of ours that is gone when the step ends.
//
// It also surveys a cluster for the planner, and holds the cluster lock.
package patcher
