package controller

import "github.com/dcos-patch/dcos-patch/patcher"

// lock is the cluster lock, for a run.
func (c *Cluster) lock(run string) *patcher.Lock {
	return &patcher.Lock{Nodes: newSlowLockTeller(hosts{c.pool}, c.cfg.tell), Run: run, Owner: c.cfg.Owner, Masters: c.masters(), Cluster: c.inv.ID}
}
