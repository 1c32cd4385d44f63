// Package rehearse carries out a plan on a twin of the cluster, in virtual
// time: the engine's own Next and the machines of package steps decide, and a model
// of nodes, people and trouble answers. A night of hours takes milliseconds, and the same seed gives
// the same night. An oracle watches the twin, not the engine, and says when a
// safety rule was broken.
//
// The twin knows what matters for deciding: what a script did to a node, who
// serves, who is out, who can be reached. It answers calls with what the carrier
// would say, errors too, and speaks no SSH and no HTTP; package simcluster does.
// Faults strike in its answers and in its world, nowhere else.
package rehearse
