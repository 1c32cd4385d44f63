package simcluster

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// mesosState is what the masters agree on.
type mesosState struct {
	cluster   string // the part of agent ids before "-S"
	leader    *node  // elected; nil while there is none
	detected  *node  // whom standbys redirect to: a dead leader until its session ends
	recovered bool   // the leader has read the registry
	term      int    // number of elections
	candidacy int    // numbers the candidates
	nextAgent int    // of the next new agent id
	ghosts    int    // ids that stay unreachable in the registry
	electing  bool
	unread    bool // a fault: who is elected does not read the registry
	alone     bool // a fault: the other masters do not start

	maintenance answers.Maintenance // of machines, besides what faults say
	gone        []answers.Agent     // ids that operators have removed for good

	frameworks             []*framework // that have subscribed, and were not removed
	frameworkIDs, offerIDs int
}

// masterState is one Mesos master process.
type masterState struct {
	up      bool
	since   time.Time // of the process
	stopped time.Time
	version string // of the running process
	place   int    // in the queue of candidates
}

// Delays of Mesos, unscaled.
const (
	zkSession       = 10 * time.Second // zk_session_timeout
	registryFetch   = time.Second      // a new leader needs to read the registry
	fetchTimeout    = 60 * time.Second // registry_fetch_timeout: the leader aborts
	masterRestart   = 15 * time.Second // RestartSec of dcos-mesos-master
	pingTimeout     = 15 * time.Second // agent_ping_timeout
	pingCount       = 20               // max_agent_ping_timeouts of DC/OS
	reregister      = 10 * time.Minute // agent_reregister_timeout
	metricsInterval = 500 * time.Millisecond
)

func (c *Cluster) settleMesos() {
	c.mesos.cluster = c.uuid("mesos")
	first := int(c.jitter("mesos leader") * float64(c.opt.Masters))
	for i, n := range c.masters() {
		n.master = masterState{up: true, since: c.start.Add(-120 * time.Hour), version: n.mesosVersion(), place: 1 + (i+c.opt.Masters-first)%c.opt.Masters}
		n.cockroach = cockroachState{up: n.release().iam(), started: n.master.since, left: n.booted, form: answers.CockroachOf(n.version)}
		n.etcd = etcdState{up: n.release().etcd()}
	}
	c.mesos.candidacy = c.opt.Masters
	lead := c.masters()[first]
	c.mesos.leader, c.mesos.detected, c.mesos.recovered, c.mesos.term = lead, lead, true, 1
	for _, n := range c.agents() {
		n.agent = agentState{up: true, settled: true, since: c.start.Add(-96 * time.Hour), version: n.mesosVersion(), id: c.newAgentID()}
		n.agent.record = record{known: true, active: true, version: n.agent.version, registered: n.agent.since}
		n.seedTasks()
	}
}

func (c *Cluster) newAgentID() string {
	c.mesos.nextAgent++
	return fmt.Sprintf("%s-S%d", c.mesos.cluster, c.mesos.nextAgent-1)
}

func (c *Cluster) mastersUp() int {
	up := 0
	for _, n := range c.masters() {
		if n.master.up {
			up++
		}
	}
	return up
}

// ensemble is the registrar's ensemble_size: a member leaves it only when its
// ZooKeeper session has ended.
func (c *Cluster) ensemble() int {
	size := 0
	for _, n := range c.masters() {
		if n.master.up || c.now().Sub(n.master.stopped) < c.scaled(zkSession) {
			size++
		}
	}
	return size
}

// tryMaster is systemd starting the Mesos master again and again until
// bootstrap lets it.
func (n *node) tryMaster() {
	u := n.unit(dcos.Master.MesosUnit())
	if !n.bootstrapped() || n.c.mesos.alone && n.c.mesos.leader != nil {
		u.waits()
		n.after(masterRestart, n.tryMaster)
		return
	}
	n.startUnit(u)
	m := &n.c.mesos
	m.candidacy++
	n.master = masterState{up: true, since: n.c.now(), version: n.mesosVersion(), place: m.candidacy}
	n.c.note(n, "master", "mesos-master "+n.master.version+" runs")
	n.c.elect(2 * time.Second)
}

func (n *node) stopMaster() {
	if !n.master.up {
		return
	}
	n.master.up, n.master.stopped = false, n.c.now()
	if n.c.mesos.leader == n {
		n.c.loseLeader(n.c.spread(fmt.Sprint("failover ", n.c.mesos.term), 8*time.Second, zkSession))
	}
}

// loseLeader leaves the cluster without one until another is elected. Standbys
// go on redirecting to it meanwhile.
func (c *Cluster) loseLeader(gone time.Duration) {
	c.note(c.mesos.leader, "leaderless", "")
	for _, f := range c.mesos.frameworks {
		c.remove(f)
	}
	c.mesos.leader, c.mesos.recovered = nil, false
	c.mesos.electing = true
	c.after(gone, func() {
		c.mesos.electing = false
		c.mesos.detected = nil
		c.elect(0)
	})
}

// elect takes the longest waiting candidate, if there is a ZooKeeper quorum
// and no leader.
func (c *Cluster) elect(in time.Duration) {
	if c.mesos.electing || c.mesos.leader != nil {
		return
	}
	c.mesos.electing = true
	c.after(in, func() {
		c.mesos.electing = false
		c.electNow()
	})
}

func (c *Cluster) electNow() {
	if c.mesos.leader != nil || !c.zkQuorum() {
		return
	}
	var next *node
	for _, n := range c.masters() {
		if n.master.up && (next == nil || n.master.place < next.master.place) {
			next = n
		}
	}
	if next == nil {
		return
	}
	m := &c.mesos
	m.leader, m.detected, m.recovered = next, next, false
	m.maintenance.Known, m.maintenance.Answers = nil, nil // a leader's own memory
	m.term++
	c.note(next, "elected", "")
	term := m.term
	for _, n := range c.agents() {
		n.agent.record.active = false
	}
	c.after(registryFetch, func() { c.recoverRegistry(term, c.now()) })
}

// recoverRegistry succeeds once a quorum of registrars runs, and ends the
// leader's process when that takes too long.
func (c *Cluster) recoverRegistry(term int, since time.Time) {
	m := &c.mesos
	if m.term != term || m.leader == nil {
		return
	}
	if m.unread {
		c.after(2*time.Second, func() { c.recoverRegistry(term, c.now()) })
		return
	}
	if c.mastersUp() <= c.opt.Masters/2 {
		if c.now().Sub(since) >= c.scaled(fetchTimeout) {
			c.abortLeader("Failed to recover registrar")
			return
		}
		c.after(2*time.Second, func() { c.recoverRegistry(term, since) })
		return
	}
	m.recovered = true
	c.note(m.leader, "recovered", "")
	for _, n := range c.agents() {
		if n.agent.record.known {
			n.agent.record.recovering = true
		}
		if n.agent.up {
			n.after(c.spread(fmt.Sprint("reregister ", term, n.name), 200*time.Millisecond, 1500*time.Millisecond), n.register)
		}
	}
	c.after(reregister, func() { c.reregisterOver(term) })
}

// reregisterOver gives up the agents that have not come since the failover.
func (c *Cluster) reregisterOver(term int) {
	if c.mesos.term != term {
		return
	}
	for _, n := range c.agents() {
		if n.agent.record.recovering {
			n.agent.unreachable()
			c.note(n, "unreachable", "not back after the failover")
		}
	}
}

// abortLeader ends the leading process; systemd starts it again.
func (c *Cluster) abortLeader(why string) {
	n := c.mesos.leader
	c.note(n, "abort", why)
	n.master.up, n.master.stopped = false, c.now()
	n.unit(dcos.Master.MesosUnit()).waits()
	n.after(masterRestart, n.tryMaster)
	c.loseLeader(zkSession)
}

// zkChanged is called when a ZooKeeper starts or stops: without a quorum the
// leader gives up after its session timeout, with one somebody is elected.
func (c *Cluster) zkChanged() {
	if c.zkQuorum() {
		c.elect(2 * time.Second)
		return
	}
	c.after(zkSession, func() {
		if c.zkQuorum() {
			return
		}
		if c.mesos.leader != nil {
			c.abortLeader("Lost candidacy as a leader")
		}
		c.mesos.detected = nil
	})
}
