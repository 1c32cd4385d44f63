package checks

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

const (
	cockroachUnit    = "dcos-cockroach.service"
	cockroachPackage = "cockroach"
)

// packageAbsent is the proof that a node does not have a part of DC/OS: its
// active packages were read, and none is of that name. No packages at all
// prove nothing.
func packageAbsent(active []string, name string) (proof string, absent bool) {
	if len(active) == 0 {
		return "", false
	}
	for _, id := range active {
		if strings.HasPrefix(id, name+"--") {
			return "", false
		}
	}
	return fmt.Sprintf("none of the %d active packages is %s", len(active), name), true
}

// iam is what a master says about the IAM database.
type iam struct {
	unit dcos.Unit
	rows []dcos.CockroachNode
}

// judgeCockroach demands a live row for every master, no range unavailable or
// under-replicated, and that this node's own row is of a new process. That the
// rows are fresh is in the marks: each must be rewritten within the row of
// samples, for zeros may be old (FACTS §4).
func judgeCockroach(d iam, a expectation) Answer {
	q := question{"cockroach", a.node.Name, "every master's row live and fresh, 0 ranges under-replicated or unavailable, restarted"}
	now := processOf(d.unit)
	if s, why := a.restarted(now); why != "" {
		return Answer{Finding: q.say(s, "%s", why)}
	}
	live, ghosts := rowsOf(d.rows, ips(a.masters))
	if s, why := rangesReady(live, ips(a.masters)); why != "" {
		return Answer{Finding: q.say(s, "%s", why)}
	}
	if s, why := a.rowRestarted(live[a.node.IP]); why != "" {
		return Answer{Finding: q.say(s, "%s", why)}
	}
	ans := Answer{
		Finding:  q.passed("%d rows live, 0 under-replicated, 0 unavailable", len(live)),
		Identity: now.id(), Marks: rowMarks(live),
	}
	if len(ghosts) > 0 {
		ans.Finding.Status = dcos.Warned
		ans.Finding.Observed += ", besides the masters: " + some(ghosts)
		ans.Finding.Hint = "decommission the nodes that no longer exist"
	}
	return ans
}

// rowsOf sorts rows by address: the newest of each master's, and the rest by
// name. A master that was rebuilt leaves a dead row of the same address.
func rowsOf(rows []dcos.CockroachNode, masters []string) (live map[string]dcos.CockroachNode, ghosts []string) {
	live = make(map[string]dcos.CockroachNode)
	for _, r := range rows {
		ip := hostOf(r.Address)
		old, twice := live[ip]
		switch {
		case !slices.Contains(masters, ip):
			ghosts = append(ghosts, fmt.Sprintf("node %s at %s", r.ID, r.Address))
			continue
		case twice && !r.UpdatedAt.After(old.UpdatedAt):
			r, old = old, r
			fallthrough
		case twice:
			ghosts = append(ghosts, fmt.Sprintf("node %s at %s", old.ID, old.Address))
		}
		live[ip] = r
	}
	return live, ghosts
}

func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// rangesReady says which master's row is not good enough.
func rangesReady(live map[string]dcos.CockroachNode, masters []string) (dcos.Status, string) {
	for _, ip := range masters {
		r, there := live[ip]
		up := r.Up()
		switch {
		case !there:
			return dcos.Failed, fmt.Sprintf("no row for the master %s", ip)
		case up.Known && !up.Yes:
			return dcos.Failed, fmt.Sprintf("%s is not live", ip)
		case r.UpdatedAt.IsZero():
			return dcos.Unknown, fmt.Sprintf("the row of %s does not say when it was updated", ip)
		case !r.UnderReplicated.Known || !r.Unavailable.Known:
			return dcos.Unknown, fmt.Sprintf("the row of %s lacks its ranges", ip)
		case r.UnderReplicated.N != 0 || r.Unavailable.N != 0:
			return dcos.Failed, fmt.Sprintf("%s counts %s under-replicated and %s unavailable ranges", ip, r.UnderReplicated, r.Unavailable)
		}
	}
	return dcos.Passed, ""
}

// rowRestarted says why the node's own row is not proved to be of a new
// process: started_at must have changed since the baseline.
func (a expectation) rowRestarted(own dcos.CockroachNode) (dcos.Status, string) {
	if !a.restarts {
		return dcos.Passed, ""
	}
	switch {
	case a.base == nil || a.base.Cockroach == nil:
		return dcos.Unknown, "the baseline has no row of this node"
	case own.StartedAt.IsZero():
		return dcos.Unknown, fmt.Sprintf("the row of %s does not say when it started", a.node.IP)
	case own.StartedAt.Equal(a.base.Cockroach.StartedAt):
		return dcos.Failed, fmt.Sprintf("the row of %s is still the old process's: started_at has not changed", a.node.IP)
	}
	return dcos.Passed, ""
}

// rowMarks are the updated_at of every row.
func rowMarks(live map[string]dcos.CockroachNode) map[string]string {
	marks := make(map[string]string, len(live))
	for ip, r := range live {
		marks[ip] = r.UpdatedAt.String()
	}
	return marks
}
