package simcluster

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// cockroachState is one master's CockroachDB node.
type cockroachState struct {
	up      bool
	started time.Time
	left    time.Time             // when it was last stopped
	behind  time.Time             // its ranges are under-replicated until then
	forever bool                  // they stay so
	form    answers.CockroachForm // of the running version
	frozen  time.Time             // when its row was last written, with the fault for it
}

const (
	cockroachEvery  = 10 * time.Second // node statuses are written that often
	cockroachRepair = 40 * time.Second // ranges need that long after a node's return
)

func (s *cockroachState) stop(n *node) {
	if s.up {
		s.up, s.left = false, n.c.now()
	}
}

// tryCockroach waits for bootstrap like the other daemons of a master.
func (n *node) tryCockroach() {
	u := n.unit(unitCockroach)
	if !n.bootstrapped() {
		u.waits()
		n.after(5*time.Second, n.tryCockroach)
		return
	}
	n.startUnit(u)
	s := &n.cockroach
	s.up, s.started, s.form = true, n.c.now(), answers.CockroachOf(n.version)
	s.behind = n.c.now().Add(n.c.scaled(cockroachRepair))
	s.forever = n.affectedBy(fault.UnderReplicated)
}

// tryMarathon is simpler than the real one: it starts when bootstrap does.
func (n *node) tryMarathon() {
	u := n.unit(unitMarathon)
	if !n.bootstrapped() {
		u.waits()
		n.after(15*time.Second, n.tryMarathon)
		return
	}
	n.startUnit(u)
}

// marathonLeader is the active Marathon that runs for the longest time.
func (c *Cluster) marathonLeader() *node {
	var lead *node
	var since time.Time
	for _, n := range c.masters() {
		if u := n.unit(unitMarathon); u.active == "active" && (lead == nil || u.started.Before(since)) {
			lead, since = n, u.started
		}
	}
	return lead
}

// reported is when the node last wrote its status.
func (n *node) reported() time.Time {
	s := n.cockroach
	if n.affectedBy(fault.CockroachStale) && s.up {
		if s.frozen.Before(s.started) {
			return s.started
		}
		return s.frozen
	}
	last := n.c.now()
	if !s.up {
		last = s.left
	}
	every := n.c.scaled(cockroachEvery)
	return s.started.Add(last.Sub(s.started) / every * every)
}

// underReplicated is what the node, as a leaseholder, last reported.
func (n *node) underReplicated() int {
	at := n.reported()
	for _, o := range n.c.masters() {
		s := o.cockroach
		away := !s.up && at.After(s.left) || s.up && at.After(s.left) && (at.Before(s.behind) || s.forever)
		if away {
			return 23
		}
	}
	return 0
}

// checkRunner is what dcos-check-runner prints of the node-poststart checks, and
// its exit code. The red ones have every kind of code: critical, one of no meaning,
// a command that is not there, and a signal.
func (n *node) checkRunner(kind string) (string, int) {
	if kind == "cluster" {
		return answers.Checks(nil)
	}
	all := map[string]answers.Check{"clock_sync": {}, "ip_detect_script": {}, "journald_dir_permissions": {}, "xz": {}}
	if n.fault(fault.ChecksRedBefore) || n.affectedBy(fault.ChecksRedAfter) {
		all = map[string]answers.Check{
			"clock_sync":               {Output: "Clock is out of sync / in unsync state. Must be synchronized for proper operation.\n", Status: 2},
			"ip_detect_script":         {Output: "/bin/sh: ip-detect-check: command not found\n", Status: 127},
			"journald_dir_permissions": {Output: "unexpected mode\n", Status: 4},
			"xz":                       {Status: -1},
		}
	}
	own, healthy := "mesos_agent_registered_with_masters", n.detects()
	if n.role == dcos.Master {
		own, healthy = "mesos_master_replog_synchronized", n.master.up
	}
	all[own] = answers.Check{}
	if !healthy {
		all[own] = answers.Check{Output: "connection refused\n", Status: 2}
	}
	return answers.Checks(all)
}

// cockroachNodes are the rows that any master's client prints, in order; with a
// fault for it, one of a master that left long ago, and was never removed.
func (c *Cluster) cockroachNodes(form answers.CockroachForm) []answers.CockroachNode {
	var out []answers.CockroachNode
	for i, o := range c.masters() {
		s := o.cockroach
		row := answers.CockroachNode{ID: i + 1, IP: o.ip, Form: s.form, Started: s.started, Updated: o.reported(), Up: s.up, Leases: 33, Ranges: 191, Under: o.underReplicated()}
		if o.affectedBy(fault.CockroachNull) {
			row.Updated = time.Time{}
		}
		out = append(out, row)
	}
	if c.haunted() {
		gone := c.start.Add(-400 * 24 * time.Hour)
		out = append(out, answers.CockroachNode{ID: 9, IP: fmt.Sprintf("127.%d.0.99", c.opt.Net), Form: form, Started: gone, Updated: gone})
	}
	return out
}

// haunted reports whether the status has a row of nobody.
func (c *Cluster) haunted() bool {
	for _, m := range c.masters() {
		if m.fault(fault.CockroachGhost) {
			return true
		}
	}
	return false
}

// iamRefuses is why the client of the node's packages gets no answer.
func (n *node) iamRefuses() string {
	r, up := n.release(), 0
	for _, o := range n.c.masters() {
		if o.cockroach.up {
			up++
		}
	}
	switch {
	case !n.power || packageNamed(n.active, "cockroach") == "":
		return "/opt/mesosphere/bin/cockroach: No such file or directory\n"
	case r.certsDir() != "" && !n.tree.exists(r.certsDir()):
		return "Error: problem with CA certificate: not found\n"
	case !n.cockroach.up:
		return "Error: cannot dial server.\nIs the server running?\nfailed to connect to " + n.ip + ":26257\n"
	case up <= n.c.opt.Masters/2:
		return "Error: rpc error: code = DeadlineExceeded desc = context deadline exceeded\n"
	}
	return ""
}

// cockroachStatus is the output of "cockroach node status --ranges
// --format=tsv" asked on n.
func (n *node) cockroachStatus() (out, errText string) {
	if why := n.iamRefuses(); why != "" {
		return "", why
	}
	if n.affectedBy(fault.CockroachUnreadable) {
		return "warning: a Go panic has occurred\ngoroutine 1 [running]:\n", ""
	}
	form := answers.CockroachOf(n.version)
	return form.Status(n.c.cockroachNodes(form)), ""
}
