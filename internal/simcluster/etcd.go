package simcluster

import (
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// etcdState is one master's etcd, from DC/OS 2.1 on.
type etcdState struct {
	up bool
}

// tryEtcd waits for bootstrap like the other daemons of a master.
func (n *node) tryEtcd() {
	u := n.unit(unitEtcd)
	if !n.bootstrapped() {
		u.waits()
		n.after(10*time.Second, n.tryEtcd)
		return
	}
	n.startUnit(u)
	n.etcd.up = true
}

// etcdHealthy reports whether a read through the node's etcd finds a quorum.
func (n *node) etcdHealthy() bool {
	up := 0
	for _, o := range n.c.masters() {
		if o.etcd.up {
			up++
		}
	}
	sick := n.affectedBy(fault.EtcdSick)
	return n.etcd.up && up > n.c.opt.Masters/2 && !sick
}

// showEtcd is what etcd answers to GET /health.
func showEtcd(n *node, _ claim, _ []string) reply {
	switch {
	case !n.etcd.up:
		return fails(codeFailed, "curl: (7) Failed to connect to %s port 2379: Connection refused\netcd did not answer: curl exit code 7", n.ip)
	case !n.etcdHealthy():
		return says("status 503\n{\"health\":\"false\"}\n")
	}
	return says("status 200\n{\"health\":\"true\"}\n")
}
