// Package checks asks a cluster about its health, and keeps asking until it is
// sure or out of time.
//
// A check is one question; its answer is a dcos.Finding. A gate is a check
// with a demand (plan.GateSpec): so long a streak of good answers, lasting so
// long, within so much time. Table lists every gate there is. What a gate
// makes of its samples is the pure function Judge, and what a check makes of
// what the nodes answered is a pure function too; only Cluster touches nodes,
// and it changes nothing there.
//
// Nothing here compares the clocks of two machines. That a daemon was
// restarted is proved by its identity (boot id, process id, start ticks) or by
// a value that changed since the baseline. What is missing, unreadable or
// older than its question is not ready, with the reason.
package checks
