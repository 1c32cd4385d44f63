package checks

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// A node may lie, at any length. What it says is kept in memory for as long as
// a step lasts, and in the journal forever: so it is bounded here, where
// findings leave this package, whoever made them.
const (
	maxText     = 2000 // runes of one text of a finding
	maxIdentity = 200  // bytes; a longer one is kept as its hash
	maxUnknown  = 200  // agents that the plan does not know, in one observation
	maxID       = 100  // runes of one of their ids or addresses

	// maxAnswer is what one answer of the node program may have. The longest
	// real one has some 50 kB.
	maxAnswer = 256 << 10
)

// thrifty is a node of which no answer is kept beyond maxAnswer.
type thrifty struct{ Prober }

func (t thrifty) Run(ctx context.Context, c sshexec.Cmd) (sshexec.Result, error) {
	if c.Limit <= 0 || c.Limit > maxAnswer {
		c.Limit = maxAnswer
	}
	return t.Prober.Run(ctx, c)
}

// bounded is a finding of a bearable length.
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

// bearable is an observation of a bearable length. One with more unknown agents
// than that is not green: this is not the cluster of the plan.
func bearable(o plan.Observation) plan.Observation {
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
