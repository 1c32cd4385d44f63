// Command standin is the part of DC/OS that the end-to-end lab cannot have
// for real: one static program that is, by the name it is called under, the
// small daemons of a master or an agent, pkgpanda, the check runner and the
// few tools that dcos-patch calls on a node.
//
// What it stands on is real: systemd starts and stops the daemons under DC/OS's
// own unit names, the ensemble is a real ZooKeeper (a child of exhibitor, in its
// cgroup, as in DC/OS), masters elect their leader through it, packages are
// fetched over HTTP from a real nginx and activated by moving real directories,
// and tasks are real processes outside of the agent's cgroup.
//
// Delays of DC/OS are multiplied by the scale of /etc/dcos-standin.json. The
// files in /etc/dcos-standin.d switch misbehaviour on; what happened is written,
// one line each, to /var/log/dcos-standin.log: tests read both, and neither is
// known to dcos-patch.
package main
