// Package answers writes what the daemons of DC/OS answer: Mesos masters and
// agents, the scheduler API, Exhibitor, CockroachDB's client and the check
// runner. It is given the state of a daemon at one moment, as a value, and is
// pure. The stand-ins (simcluster, e2e/standin) keep that state, each in its own
// way, so that both say the same in the same state; tests hold what is said to
// recordings of a real Mesos.
package answers
