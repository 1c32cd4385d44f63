package checks

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// GateError means that gates timed out. What was done to the node
// before is not in doubt; that it is well, is not proved.
type GateError struct {
	Node     inventory.NodeName
	Late     []LateGate     // the gates that did not hold in time, in the step's order
	Findings []dcos.Finding // the last of every gate of the step, in its order
	Silent   *plan.Silence  // not nil: the node cannot be reached
}

// LateGate is one gate that timed out.
type LateGate struct {
	Gate    string
	Waited  time.Duration
	Finding dcos.Finding // the last
}

// Blocking are the findings that are in the way.
func (e *GateError) Blocking() []dcos.Finding {
	var fs []dcos.Finding
	for _, l := range e.Late {
		fs = append(fs, l.Finding)
	}
	return e.Silent.Fold(fs)
}

func (e *GateError) Error() string {
	var parts []string
	if e.Silent != nil {
		parts = append(parts, e.Silent.String())
	}
	for _, l := range e.Late {
		if e.Silent.Covers(l.Gate) {
			continue
		}
		end := "did not hold within " + l.Waited.Round(100*time.Millisecond).String()
		if l.Finding.Final {
			end = "was given up after " + l.Waited.Round(100*time.Millisecond).String()
		}
		s := fmt.Sprintf("gate %q %s: wanted %s, seen %s", l.Gate, end, l.Finding.Want, l.Finding.Observed)
		if since := l.Finding.Since; !since.IsZero() {
			s += "; not good since " + since.Local().Format(plan.ClockText)
		}
		parts = append(parts, s)
	}
	who := ""
	if e.Node != "" {
		who = string(e.Node) + ": "
	}
	return who + strings.Join(parts, "; ")
}
