package dcos

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// CockroachNode is one row of `cockroach node status --ranges`. What a
// version of CockroachDB does not print, or prints as NULL or as nothing, is
// unknown: a node of an older version in a mixed cluster has no Build, a
// StartedAt of 1970 and is not Live although it is fine.
type CockroachNode struct {
	ID                   string
	Address              string // HOST:PORT; empty when NULL (a node without gossip)
	Build                string
	StartedAt, UpdatedAt time.Time // UTC, the database's clock; zero when unknown or 1970
	Available, Live      Truth     // is_available from 2.1 on, is_live from 2.0 on

	ReplicasLeaders, ReplicasLeaseholders Count
	Ranges, Unavailable, UnderReplicated  Count
}

// Up is is_available where the version prints it, else is_live, else unknown.
func (n CockroachNode) Up() Truth {
	if n.Available.Known {
		return n.Available
	}
	return n.Live
}

// Cockroach's columns are found by name: their order differs by version, so a
// column's number means nothing.
var cockroachColumns = []string{
	"id", "address", "build", "started_at", "updated_at", "replicas_leaders", "replicas_leaseholders",
	"ranges", "ranges_unavailable", "ranges_underreplicated",
}

// ParseCockroachStatus reads the table that `cockroach node status --ranges`
// prints, in any --format and of any version from 1.0 on. A table without one
// of the columns, or with fewer rows than it counts, is an error; a table with
// no rows is a value of length 0.
func ParseCockroachStatus(b []byte) ([]CockroachNode, error) {
	const what = "cockroach node status"
	table, err := readTable(string(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	for _, name := range cockroachColumns {
		if _, ok := table.column[name]; !ok {
			return nil, fmt.Errorf("%s: column %s is missing", what, name)
		}
	}
	nodes := make([]CockroachNode, 0, len(table.rows))
	seen := map[string]bool{}
	for i := range table.rows {
		n, err := cockroachNode(table.row(i))
		if err != nil {
			return nil, fmt.Errorf("%s: row %d: %w", what, i+1, err)
		}
		if seen[n.ID] {
			return nil, fmt.Errorf("%s: node %s is listed twice", what, n.ID)
		}
		seen[n.ID] = true
		nodes = append(nodes, n)
	}
	return nodes, nil
}

func cockroachNode(r tableRow) (CockroachNode, error) {
	n := CockroachNode{ID: r.text("id"), Address: r.text("address"), Build: r.text("build")}
	if n.ID == "" {
		return n, fmt.Errorf("column id is empty")
	}
	for name, to := range map[string]*Count{
		"replicas_leaders": &n.ReplicasLeaders, "replicas_leaseholders": &n.ReplicasLeaseholders,
		"ranges": &n.Ranges, "ranges_unavailable": &n.Unavailable, "ranges_underreplicated": &n.UnderReplicated,
	} {
		if s := r.text(name); s != "" {
			v, err := strconv.Atoi(s)
			if err != nil || v < 0 {
				return n, fmt.Errorf("column %s is %q, want a number", name, clip(s))
			}
			*to = KnownCount(v)
		}
	}
	for name, to := range map[string]*Truth{"is_available": &n.Available, "is_live": &n.Live} {
		switch s := r.text(name); s {
		case "":
		case "true", "false":
			*to = KnownTruth(s == "true")
		default:
			return n, fmt.Errorf("column %s is %q, want true or false", name, clip(s))
		}
	}
	for name, to := range map[string]*time.Time{"started_at": &n.StartedAt, "updated_at": &n.UpdatedAt} {
		t, err := cockroachTime(r.text(name))
		if err != nil {
			return n, fmt.Errorf("column %s: %w", name, err)
		}
		*to = t
	}
	return n, nil
}

// cockroachTime reads the timestamps of all versions; below 2.1 they have no
// zone and are UTC.
func cockroachTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02 15:04:05 -0700 MST"} {
		if t, err := time.Parse(layout, s); err == nil {
			if t.Unix() <= 0 {
				return time.Time{}, nil
			}
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time", clip(s))
}

// tableRow is one row with its columns' names.
type tableRow struct {
	column map[string]int
	cells  []string
}

// text is a cell; empty for NULL and for a column that the table lacks.
func (r tableRow) text(name string) string {
	i, ok := r.column[name]
	if !ok || strings.EqualFold(r.cells[i], "NULL") {
		return ""
	}
	return r.cells[i]
}
