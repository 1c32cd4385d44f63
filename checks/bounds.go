package checks

import (
	"crypto/sha256"
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// A node may lie, at any length. What it says is kept in memory for as long as
// a step lasts, and in the journal: so it is bounded here, where all findings
// leave this package.
const (
	maxText     = 2000 // runes of one text of a finding
	maxIdentity = 200  // bytes; a longer one is kept as its hash
	maxUnknown  = 200  // agents that the plan does not know, in one observation
	maxID       = 100  // runes of one of their ids or addresses
)

// bounded is a finding of a bounded length.
func bounded(f dcos.Finding) dcos.Finding {
	f.Observed, f.Want, f.Hint = cut(f.Observed, maxText), cut(f.Want, maxText), cut(f.Hint, maxText)
	return f
}

func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

func identity(s string) string {
	if len(s) <= maxIdentity {
		return s
	}
	return fmt.Sprintf("sha256 %x", sha256.Sum256([]byte(s)))
}

// boundedObservation is an observation of a bounded length. One with more unknown agents
// than that is not green: this is not the cluster of the plan.
func boundedObservation(o plan.Observation) plan.Observation {
	if n := len(o.Unknown); n > maxUnknown {
		o.Unknown, o.Green = o.Unknown[:maxUnknown], false
		q := question{"agents", "", "the agents of the inventory"}
		o.Findings = append(o.Findings, q.failed("the leader lists %d agents that the plan does not know; only %d of them are kept", n, maxUnknown))
	}
	for i, s := range o.Unknown {
		o.Unknown[i].ID, o.Unknown[i].IP = cut(s.ID, maxID), cut(s.IP, maxID)
	}
	for i, f := range o.Findings {
		o.Findings[i] = bounded(f)
	}
	return o
}
