package simcluster

import (
	"fmt"
	"strings"
	"time"
)

// iamForm is how one version of CockroachDB prints the status of its nodes.
type iamForm struct {
	build   string
	columns string // before the counts, in order
	zone    bool   // times have a zone
	counted bool   // the number of rows comes last
}

// iamFormOf is that of the version which a release of DC/OS has (FACTS §4).
func iamFormOf(r release) iamForm {
	switch {
	case r.from("2.2.0"):
		return iamForm{"v19.1.11", "id address build started_at updated_at locality is_available is_live", true, false}
	case r.from("2.0.0"):
		return iamForm{"v2.1.8", "id address build started_at updated_at is_available is_live", true, false}
	case r.from("1.13.0"):
		return iamForm{"v2.0.7", "id address build updated_at started_at is_live", false, false}
	}
	return iamForm{"v1.1.8", "id address build updated_at started_at", false, true}
}

const iamCounts = "replicas_leaders replicas_leaseholders ranges ranges_unavailable ranges_underreplicated"

func (f iamForm) header() string {
	return strings.ReplaceAll(f.columns+" "+iamCounts, " ", "\t")
}

func (f iamForm) stamp(t time.Time) string {
	if f.zone {
		return t.UTC().Format("2006-01-02 15:04:05.000000-07:00")
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// row is one node's. In a cluster of several versions, 2.1 and later tell
// nothing of the build and start of older ones, and call them dead.
func (f iamForm) row(id int, o *node) string {
	s := o.cockroach
	build, started, live := s.form.build, s.started, s.up
	if f.zone && s.form != f {
		build, started, live = "", time.Unix(0, 0), false
	}
	cells := map[string]string{
		"id": fmt.Sprint(id), "address": o.ip + ":26257", "build": build, "locality": "",
		"started_at": f.stamp(started), "updated_at": f.stamp(o.reported()),
		"is_available": fmt.Sprint(s.up), "is_live": fmt.Sprint(live),
	}
	if o.ails(CockroachNull) {
		cells["updated_at"] = "NULL"
	}
	var row []string
	for name := range strings.SplitSeq(f.columns, " ") {
		row = append(row, cells[name])
	}
	return strings.Join(append(row, "33", "33", "191", "0", fmt.Sprint(o.underReplicated())), "\t")
}

// ghost is the row of a master that left long ago, and was never removed.
func (f iamForm) ghost(c *Cluster) string {
	gone := f.stamp(c.start.Add(-400 * 24 * time.Hour))
	cells := map[string]string{"id": "9", "address": fmt.Sprintf("127.%d.0.99:26257", c.opt.Net), "build": f.build, "locality": "",
		"started_at": gone, "updated_at": gone, "is_available": "false", "is_live": "false"}
	var row []string
	for name := range strings.SplitSeq(f.columns, " ") {
		row = append(row, cells[name])
	}
	return strings.Join(append(row, "0", "0", "0", "0", "0"), "\t")
}

// haunted reports whether the status has a row of nobody.
func (c *Cluster) haunted() bool {
	for _, m := range c.masters() {
		if m.fault(CockroachGhost) {
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
	f := iamFormOf(n.release())
	rows := []string{f.header()}
	for i, o := range n.c.masters() {
		rows = append(rows, f.row(i+1, o))
	}
	if n.c.haunted() {
		rows = append(rows, f.ghost(n.c))
	}
	if n.ails(CockroachUnreadable) {
		rows = []string{"warning: a Go panic has occurred", "goroutine 1 [running]:"}
	}
	if f.counted {
		rows = append(rows, fmt.Sprintf("# %d rows", len(rows)-1))
	}
	return strings.Join(rows, "\n") + "\n", ""
}
