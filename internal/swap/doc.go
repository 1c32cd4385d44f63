// Package swap is pkgpanda's swap of the active packages as data: its file
// operations in order, where it can be cut, and what "pkgpanda setup" makes of
// the rest. The stand-ins (simcluster, e2e, the bench of the node program) play
// it, so that all of them are cut in the same places as the real one.
//
// The order and the positions were measured with the pkgpanda of DC/OS 2.1,
// killed before each of its operations; Positions has the results.
package swap
