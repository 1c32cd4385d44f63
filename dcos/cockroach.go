package dcos

import (
	"errors"
	"time"
)

// CockroachNode is one row of `cockroach node status --ranges`. What a
// version of CockroachDB does not print, or prints as NULL, is unknown.
type CockroachNode struct {
	ID, Address, Build   string    // Build is empty for a node of an older version in a mixed cluster
	StartedAt, UpdatedAt time.Time // UTC; zero when NULL, empty or 1970
	Available, Live      Truth     // is_available (2.1 and above), is_live (2.0 and above)

	ReplicasLeaders, ReplicasLeaseholders Count
	Ranges, Unavailable, UnderReplicated  Count
}

// ParseCockroachStatus reads the table that `cockroach node status --ranges` prints.
func ParseCockroachStatus(b []byte) ([]CockroachNode, error) {
	return nil, errors.New("not written yet")
}
