package simcluster

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// Strike lets a fault befall the cluster from now on: what happens at a moment
// happens now, what has a place of its own waits for whoever comes to it next,
// and what would wait for the patch is there at once. After and When are as in
// faults of the start, but that WhenStart means now.
func (c *Cluster) Strike(f Fault) error {
	defer c.enter()()
	if err := f.check(c.byName); err != nil {
		return fmt.Errorf("striking%w", err)
	}
	if f.When == WhenStart {
		f.When = WhenAlways
	}
	c.opt.Faults = append(c.opt.Faults[:len(c.opt.Faults):len(c.opt.Faults)], f)
	if f.When == WhenAlways {
		c.happen(f)
	}
	return nil
}

// moment lets the faults act that have a choice of moments.
func (n *node) moment(w When) {
	for _, f := range n.c.opt.Faults {
		if f.Where == n.name && f.When == w {
			n.c.happen(f)
		}
	}
}

// awaits reports whether a fault waits for a moment of the node.
func (n *node) awaits(w When) bool {
	return slices.ContainsFunc(n.c.opt.Faults, func(f Fault) bool { return f.Where == n.name && f.When == w })
}

// happen lets a fault act now, or when its time has come.
func (c *Cluster) happen(f Fault) {
	if f.After == 0 {
		c.act(f)
		return
	}
	c.after(f.After, func() { c.act(f) })
	c.wake(f.After)
}

// act is what happens at a moment. Kinds that have places of their own do
// nothing here.
func (c *Cluster) act(f Fault) {
	c.watch.struck = c.now()
	if f.What.OfCluster() {
		c.actOnMasters(f)
		return
	}
	n := c.byName[f.Where]
	switch f.What {
	case fault.SSHDown:
		n.refuseSSH(f)
	case fault.SSHSilent:
		n.fallSilent(f)
	case fault.SSHCut:
		if len(n.conns) > 0 {
			n.acts(fault.SSHCut)
		}
		n.cutSSH()
	case fault.HostKeyChanged, fault.NoForwarding, fault.NoSFTP:
		if f.When == WhenAlways { // sshd was configured again and restarted
			n.cutSSH()
		}
	case fault.NoSudo, fault.SudoRevoked:
		n.noSudo = f.What == fault.NoSudo || f.When == WhenAlways || n.launched > 0
	case fault.Reboot:
		n.reboot()
	case fault.DiskFull:
		n.full = true
	case fault.ClockStep:
		n.acts(fault.ClockStep)
		n.skew += f.For
	case fault.CockroachStale:
		n.cockroach.frozen = n.reported()
	default:
		n.breakDown(f)
	}
}

// noRoom reports whether a write fails for want of room.
func (n *node) noRoom() bool {
	if n.full {
		n.acts(fault.DiskFull)
	}
	return n.full
}

// breakDown stops what is running on the node, for a fault that struck late.
func (n *node) breakDown(f Fault) {
	if f.When != WhenAlways || !n.running {
		return
	}
	switch f.What {
	case fault.UnitRedAfter, fault.UnitRedBefore:
		n.acts(f.What)
		n.unit(unitLog).fail(n.c.now())
	case fault.SocketDownAfter:
		n.acts(f.What)
		n.unit(unitTelegraf).stop()
	case fault.AgentDead:
		n.acts(f.What)
		n.powerOff()
	case fault.AgentLoops:
		n.crashAgent()
	}
}

// reboot switches the machine off and on again.
func (n *node) reboot() {
	if !n.power {
		return
	}
	n.acts(fault.Reboot)
	n.powerOff()
	n.c.after(rebootTakes, n.powerOn)
	n.c.wake(rebootTakes)
}

// actOnMasters is what happens at a moment to all masters together.
func (c *Cluster) actOnMasters(f Fault) {
	if c.mesos.leader != nil || f.What == fault.ZooKeeperGone {
		c.acts(f.What)
	}
	switch f.What {
	case fault.LeaderMoves:
		c.stepDown("stepped down")
	case fault.LeaderUnread:
		c.mesos.unread = true
		c.stepDown("stepped down")
		c.over(f, c.readAgain)
	case fault.ExLeader:
		c.restartLeader()
	case fault.LeaderAlone:
		c.mesos.alone = true
		c.stopStandbys()
		c.over(f, c.startStandbys)
	case fault.ZooKeeperGone:
		c.zk.gone = true
		for _, m := range c.masters() {
			m.exhibitor.zk = false
		}
		c.zkLeader()
		c.zkChanged()
		c.over(f, c.zkReturns)
	}
}

// over ends a fault that lasts for a while only.
func (c *Cluster) over(f Fault, end func()) {
	if f.For > 0 {
		c.after(f.For, end)
	}
}

func (c *Cluster) stepDown(why string) {
	if c.mesos.leader != nil {
		c.abortLeader(why)
	}
}

func (c *Cluster) readAgain() { c.mesos.unread = false }

// restartLeader is the leader's process ending and beginning within its
// session: it finds itself in ZooKeeper, and redirects to itself.
func (c *Cluster) restartLeader() {
	n := c.mesos.leader
	if n == nil {
		return
	}
	n.startUnit(n.unit(dcos.Master.MesosUnit()))
	c.mesos.candidacy++
	n.master = masterState{up: true, since: c.now(), version: n.mesosVersion(), place: c.mesos.candidacy}
	c.note(n, "master", "mesos-master restarted within its session")
	c.loseLeader(c.spread(fmt.Sprint("ex-leader ", c.mesos.term), 8*time.Second, zkSession))
}

func (c *Cluster) stopStandbys() {
	for _, n := range c.masters() {
		if n != c.mesos.leader && n.master.up {
			n.master.up, n.master.stopped = false, c.now()
			n.unit(dcos.Master.MesosUnit()).waits()
		}
	}
}

func (c *Cluster) startStandbys() {
	c.mesos.alone = false
	for _, n := range c.masters() {
		if n.running && !n.master.up {
			n.tryMaster()
		}
	}
}

func (c *Cluster) zkReturns() {
	if !c.zk.gone {
		return
	}
	c.zk.gone = false
	for _, n := range c.masters() {
		if n.exhibitor.up && n.exhibitor.checks > 0 && !n.exhibitor.zk {
			n.exhibitor.zk, n.exhibitor.zkSince = true, c.now()
		}
	}
	c.zkLeader()
	c.zkChanged()
}
