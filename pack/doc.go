// Package pack makes a failure pack: one compressed tar file about one node at
// which a run has stopped, for a colleague or a support ticket. It holds what
// the controller has kept of the node (plan, journal, samples) and what the
// node says of itself, if it can be reached in time. It only reads.
//
// Everything is bounded, whoever made it, and names in the tar file are ours.
// What a secret may stand in is not collected: environments, command lines,
// the inventory. A secret that a node shows all the same is hidden.
package pack
