package simcluster

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// zkState is the ensemble's.
type zkState struct {
	leader *node
	gone   bool // a fault: no ZooKeeper runs
}

// exhibitorState is one master's Exhibitor with the ZooKeeper that it runs.
type exhibitorState struct {
	up      bool
	checks  int // done since its start
	state   answers.Exhibitor
	leads   bool // as of its last check
	zk      bool // the ZooKeeper process answers
	zkSince time.Time
}

const exhibitorCheck = 30 * time.Second // check-ms of a cluster with several masters

func (c *Cluster) settleZooKeeper() {
	for i, n := range c.masters() {
		n.exhibitor = exhibitorState{up: true, checks: 100, state: answers.ExhibitorServing, zk: true, zkSince: n.booted}
		if i == int(c.jitter("zk leader")*float64(c.opt.Masters)) {
			c.zk.leader, n.exhibitor.leads = n, true
		}
		n.after(c.spread("exhibitor "+n.name, 0, exhibitorCheck), n.exhibitorChecks)
	}
}

// zkCount is how many ZooKeepers answer.
func (c *Cluster) zkCount() int {
	up := 0
	for _, n := range c.masters() {
		if n.exhibitor.zk {
			up++
		}
	}
	return up
}

func (c *Cluster) zkQuorum() bool { return c.zkCount() > c.opt.Masters/2 }

// zkServes reports whether the node's ZooKeeper takes part in a quorum.
func (n *node) zkServes() bool { return n.exhibitor.zk && n.c.zkQuorum() }

// zkLeader elects when there is none that serves.
func (c *Cluster) zkLeader() *node {
	if c.zk.leader != nil && c.zk.leader.zkServes() {
		return c.zk.leader
	}
	c.zk.leader = nil
	if c.zkQuorum() {
		for _, n := range c.masters() {
			if n.exhibitor.zk && (c.zk.leader == nil || n.exhibitor.zkSince.Before(c.zk.leader.exhibitor.zkSince)) {
				c.zk.leader = n
			}
		}
	}
	return c.zk.leader
}

func (n *node) stopExhibitor() {
	n.exhibitor = exhibitorState{state: answers.ExhibitorDown}
	n.c.zkLeader()
	n.c.zkChanged()
}

func (n *node) startExhibitor() {
	n.startUnit(n.unit(unitExhibitor))
	n.exhibitor = exhibitorState{up: true, state: answers.ExhibitorLatent}
	n.after(exhibitorCheck, n.exhibitorChecks)
}

// exhibitorChecks is Exhibitor looking at its own ZooKeeper: the first look
// starts it, and a later one finds it serving.
func (n *node) exhibitorChecks() {
	e := &n.exhibitor
	e.checks++
	switch {
	case e.checks == 1:
		e.state = answers.ExhibitorNotServing
		n.after(4*time.Second, func() {
			if n.c.zk.gone {
				return
			}
			e.zk, e.zkSince = true, n.c.now()
			n.c.zkLeader()
			n.c.zkChanged()
		})
	case n.zkServes():
		e.state = answers.ExhibitorServing
	default:
		e.state = answers.ExhibitorNotServing
	}
	e.leads = e.state == answers.ExhibitorServing && n.c.zkLeader() == n
	switch {
	case n.affectedBy(fault.ExhibitorLatent):
		e.state, e.leads = answers.ExhibitorLatent, false
	case n.affectedBy(fault.ExhibitorFlaps) && e.checks%2 == 0:
		e.state, e.leads = answers.ExhibitorDown, false
	}
	n.after(exhibitorCheck, n.exhibitorChecks)
}

// exhibitorList is what any master's Exhibitor says about all of them: it
// asks the others, who answer from their last check.
func (c *Cluster) exhibitorList() []answers.Peer {
	var list []answers.Peer
	for _, n := range c.masters() {
		e := answers.ExhibitorDown.At(n.ip, false)
		if n.exhibitor.up {
			e = n.exhibitor.state.At(n.ip, n.exhibitor.leads)
		}
		switch {
		case n.affectedBy(fault.ExhibitorHostMissing):
			continue
		case n.affectedBy(fault.ExhibitorTwoLeaders):
			e.IsLeader = true
		}
		list = append(list, e)
	}
	return list
}

// exhibitorStatus is what the node's Exhibitor answers to
// GET /exhibitor/v1/cluster/status.
func (n *node) exhibitorStatus() (int, []byte) {
	if n.affectedBy(fault.Exhibitor500) {
		return http.StatusInternalServerError, []byte("java.lang.NullPointerException")
	}
	list := n.c.exhibitorList()
	if n.affectedBy(fault.ExhibitorEmpty) {
		list = []answers.Peer{}
	}
	b, _ := json.Marshal(list) // of strings, numbers and booleans: cannot fail
	return http.StatusOK, b
}

// bootstrapped reports whether DC/OS's bootstrap lets the master's daemons
// start: up to 1.13.9, 2.0.5 and 2.1.0 it wants the whole ensemble, in 1.13.10
// and 2.0.6 most of it, later only its own ZooKeeper.
func (n *node) bootstrapped() bool {
	want := n.c.opt.Masters
	switch {
	case n.release().from("2.1.1"):
		return n.zkServes()
	case !n.version.NeedsAllMasters():
		want = want/2 + 1
	}
	serving, leaders := 0, 0
	for _, e := range n.c.exhibitorList() {
		if e.Code == answers.ExhibitorServing {
			serving++
		}
		if e.IsLeader {
			leaders++
		}
	}
	return serving >= want && leaders == 1
}

// fourLetter answers a four-letter word of ZooKeeper.
func (n *node) fourLetter(word string) string {
	if !n.exhibitor.zk {
		return ""
	}
	lead := n.c.zkLeader()
	if lead == nil && (word == "srvr" || word == "mntr" || word == "stat") {
		return "This ZooKeeper instance is not currently serving requests\n"
	}
	mode := "follower"
	switch {
	case len(n.c.masters()) == 1:
		mode = "standalone"
	case lead == n:
		mode = "leader"
	}
	const release = "3.4.14-4c25d480e66aadd371de8bd2fd8da255ac140bcf, built on 03/06/2019 16:18 GMT"
	switch word {
	case "ruok":
		return "imok"
	case "srvr":
		return fmt.Sprintf("Zookeeper version: %s\nLatency min/avg/max: 0/0/12\nReceived: 9034\nSent: 9100\nConnections: 14\nOutstanding: 0\nZxid: 0x100000a2f\nMode: %s\nNode count: 312\n", release, mode)
	case "mntr":
		out := fmt.Sprintf("zk_version\t%s\nzk_avg_latency\t0\nzk_outstanding_requests\t0\nzk_server_state\t%s\nzk_znode_count\t312\n", release, mode)
		if mode == "leader" {
			followers := n.c.zkCount() - 1
			out += fmt.Sprintf("zk_followers\t%d\nzk_synced_followers\t%d\nzk_pending_syncs\t0\n", followers, followers)
		}
		return out
	default:
		return ""
	}
}
