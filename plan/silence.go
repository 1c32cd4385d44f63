package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// Silence is a node that could not be reached any more as its gates ran out of
// timeout.
type Silence struct {
	Node  inventory.NodeName `json:"node"`
	Since time.Time          `json:"since"` // controller's clock
	Why   string             `json:"why"`
	Gates []string           `json:"gates,omitempty"` // that could not be asked for it
}

// ClockText is how a moment is written in a text that is recorded: in the time of
// whoever wrote it, which may be read elsewhere.
const ClockText = "15:04:05 MST"

func (s *Silence) String() string {
	text := fmt.Sprintf("it cannot be reached since %s: %s", s.Since.Local().Format(ClockText), s.Why)
	switch n := len(s.Gates); n {
	case 0:
		return text
	case 1:
		return text + "; the gate " + s.Gates[0] + " could not be asked"
	default:
		return fmt.Sprintf("%s; %d gates could not be asked: %s", text, n, strings.Join(s.Gates, ", "))
	}
}

// Covers reports whether a gate could not be asked for it; a nil one covers none.
func (s *Silence) Covers(gate string) bool { return s != nil && slices.Contains(s.Gates, gate) }

// Fold puts one finding in the place of all that the silence covers. It stands
// first. Without a silence the findings are as they were.
func (s *Silence) Fold(findings []dcos.Finding) []dcos.Finding {
	if s == nil {
		return findings
	}
	all := []dcos.Finding{{Check: "connection", Node: string(s.Node), Observed: s.String(), Want: "an SSH connection to it", Since: s.Since}}
	for _, f := range findings {
		if !s.Covers(f.Check) {
			all = append(all, f)
		}
	}
	return all
}
