package checks

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// GateError means that gates ran out of patience. What was done to the node
// before is not in doubt; that it is well, is not proved.
type GateError struct {
	Node     inventory.NodeName
	Late     []LateGate     // the gates that did not hold in time, in the step's order
	Findings []dcos.Finding // the last of every gate of the step, in its order
	Silent   *Silence       // not nil: the node cannot be reached. A finding about that stands first, for the gates that could not be asked for it
}

// LateGate is one gate that ran out of patience.
type LateGate struct {
	Gate    string
	Waited  time.Duration
	Since   time.Time    // since when the gate answers as it does now, controller's clock
	Finding dcos.Finding // the last
}

// Blocking are the findings that are in the way.
func (e *GateError) Blocking() []dcos.Finding {
	var fs []dcos.Finding
	if e.Silent != nil {
		fs = append(fs, e.silence())
	}
	for _, l := range e.Late {
		if e.Silent == nil || !slices.Contains(e.Silent.Gates, l.Gate) {
			fs = append(fs, l.Finding)
		}
	}
	return fs
}

func (e *GateError) Error() string {
	var parts []string
	if e.Silent != nil {
		parts = append(parts, e.Silent.String())
	}
	for _, l := range e.Late {
		if e.Silent != nil && slices.Contains(e.Silent.Gates, l.Gate) {
			continue
		}
		s := fmt.Sprintf("gate %q did not hold within %s: wanted %s, seen %s", l.Gate, l.Waited.Round(100*time.Millisecond), l.Finding.Want, l.Finding.Observed)
		if !l.Since.IsZero() {
			s += " since " + l.Since.UTC().Format("15:04:05") + " UTC"
		}
		parts = append(parts, s)
	}
	who := ""
	if e.Node != "" {
		who = string(e.Node) + ": "
	}
	return who + strings.Join(parts, "; ")
}
