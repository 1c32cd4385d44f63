package answers

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// CockroachForm is how one version of CockroachDB prints the status of its nodes.
type CockroachForm struct {
	build   string
	columns string // before the counts, in order
	zone    bool   // times have a zone
	counted bool   // the number of rows comes last
}

// CockroachOf is that of the version which a release of DC/OS has (FACTS §4).
func CockroachOf(v dcos.Version) CockroachForm {
	switch from := func(first dcos.Version) bool { return v.Compare(first) >= 0 }; {
	case from("2.2.0"):
		return CockroachForm{"v19.1.11", "id address build started_at updated_at locality is_available is_live", true, false}
	case from("2.0.0"):
		return CockroachForm{"v2.1.8", "id address build started_at updated_at is_available is_live", true, false}
	case from("1.13.0"):
		return CockroachForm{"v2.0.7", "id address build updated_at started_at is_live", false, false}
	}
	return CockroachForm{"v1.1.8", "id address build updated_at started_at", false, true}
}

// CockroachNode is a row of the status.
type CockroachNode struct {
	ID               int
	IP               string
	Form             CockroachForm // of the version that runs there
	Started, Updated time.Time     // Updated: zero for NULL
	Up               bool
	Leases, Ranges   int
	Under            int // ranges that are under-replicated
}

func (f CockroachForm) stamp(t time.Time) string {
	switch {
	case t.IsZero():
		return "NULL"
	case f.zone:
		return t.UTC().Format("2006-01-02 15:04:05.000000-07:00")
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// row is one node's. In a cluster of several versions, 2.1 and later tell
// nothing of the build and start of older ones, and call them dead.
func (f CockroachForm) row(n CockroachNode) string {
	build, started, live := n.Form.build, n.Started, n.Up
	if f.zone && n.Form != f {
		build, started, live = "", time.Unix(0, 0), false
	}
	cells := map[string]string{
		"id": fmt.Sprint(n.ID), "address": n.IP + ":26257", "build": build, "locality": "", "started_at": f.stamp(started), "updated_at": f.stamp(n.Updated),
		"is_available": fmt.Sprint(n.Up), "is_live": fmt.Sprint(live),
	}
	var row []string
	for name := range strings.SplitSeq(f.columns, " ") {
		row = append(row, cells[name])
	}
	return strings.Join(row, "\t") + fmt.Sprintf("\t%d\t%d\t%d\t0\t%d\n", n.Leases, n.Leases, n.Ranges, n.Under)
}

// Status is what "cockroach node status --ranges --format=tsv" prints.
func (f CockroachForm) Status(nodes []CockroachNode) string {
	const counts = " replicas_leaders replicas_leaseholders ranges ranges_unavailable ranges_underreplicated\n"
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(f.columns+counts, " ", "\t"))
	for _, n := range nodes {
		b.WriteString(f.row(n))
	}
	if f.counted {
		fmt.Fprintf(&b, "# %d rows\n", len(nodes))
	}
	return b.String()
}
