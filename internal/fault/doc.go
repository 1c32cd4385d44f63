// Package fault is the table of everything that can go wrong in a stand-in of a
// cluster: its name, what it means, whose it is, and which stand-in shows it: the
// simulated cluster (simcluster), rehearsals (rehearse), and tests that do
// something to the product's own process.
package fault
