package simcluster

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// cockroachState is one master's CockroachDB node.
type cockroachState struct {
	up      bool
	started time.Time
	left    time.Time // when it was last stopped
	behind  time.Time // its ranges are under-replicated until then
	forever bool      // they stay so
	form    iamForm   // of the running version
	frozen  time.Time // when its row was last written, with the fault for it
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
	s.up, s.started, s.form = true, n.c.now(), iamFormOf(n.release())
	s.behind = n.c.now().Add(n.c.scaled(cockroachRepair))
	s.forever = n.ails(UnderReplicated)
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
	if n.ails(CockroachStale) && s.up {
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

// nodeCheck is one check as dcos-check-runner ran it.
type nodeCheck struct {
	name, output string
	status       int // -1: ended by a signal
}

// checkRunner is what dcos-check-runner prints, and its exit code: the worst of
// the checks' codes, where one outside 0 to 3 counts as 3.
func (n *node) checkRunner(kind string) (string, int) {
	if kind == "cluster" {
		return "{\n  \"status\": 0,\n  \"checks\": {}\n}\n", 0
	}
	worst := 0
	var items []string
	for _, c := range n.checks() {
		code := c.status
		if code < 0 || code > 3 {
			code = 3
		}
		worst = max(worst, code)
		items = append(items, fmt.Sprintf("    %q: {\n      \"output\": %q,\n      \"status\": %d\n    }", c.name, c.output, c.status))
	}
	return fmt.Sprintf("{\n  \"status\": %d,\n  \"checks\": {\n%s\n  }\n}\n", worst, strings.Join(items, ",\n")), worst
}

// checks are the node-poststart checks. The red ones have every kind of code:
// critical, one of no meaning, a command that is not there, and a signal.
func (n *node) checks() []nodeCheck {
	all := []nodeCheck{{name: "clock_sync"}, {name: "ip_detect_script"}, {name: "journald_dir_permissions"}, {name: "xz"}}
	if n.fault(ChecksRedBefore) || n.ails(ChecksRedAfter) {
		all = []nodeCheck{
			{"clock_sync", "Clock is out of sync / in unsync state. Must be synchronized for proper operation.\n", 2},
			{"ip_detect_script", "/bin/sh: ip-detect-check: command not found\n", 127},
			{"journald_dir_permissions", "unexpected mode\n", 4},
			{"xz", "", -1},
		}
	}
	own, healthy := "mesos_agent_registered_with_masters", n.detects()
	if n.role == dcos.Master {
		own, healthy = "mesos_master_replog_synchronized", n.master.up
	}
	if !healthy {
		return append(all, nodeCheck{own, "connection refused\n", 2})
	}
	return append(all, nodeCheck{name: own})
}
