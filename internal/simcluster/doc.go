// Package simcluster is a simulated DC/OS cluster behind real SSH servers:
// masters and agents with their daemons, ZooKeeper, Exhibitor, the Mesos
// registry, CockroachDB, a file system per node, and the node patch script
// with its control flow and its bugs.
//
// The model is state plus events in time, in one critical section. It has no
// clock of its own: events that are due are played, in order of their own
// time, whenever somebody looks. So it costs nothing while nobody looks, and
// it runs in virtual time (testing/synctest over DialContext) as in real time
// (ListenAndServe), where Options.TimeScale makes every delay shorter.
//
// What a node can be asked to do is a closed set: an unknown command line is
// answered with exit code 127 and recorded by Drift, which tests assert empty.
// What goes wrong is data (Faults), strictly read from YAML:
//
//   - {what: script-fails-fetch, where: a2, nth: 1}
//   - {what: sshd-down, where: m1, when: launch, for: 2m}
//   - {what: script-404}
//
// An oracle watches from outside what is launched when: Violations must stay
// empty whatever the product under test does.
package simcluster
