package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// Waiver lets a plan be made although one check blocks one node. It is part of
// the decision that is approved: see Identity.
type Waiver struct {
	Check  string             `json:"check"`          // a Block's Check; only those of Waivable
	Node   inventory.NodeName `json:"node,omitempty"` // empty: the cluster
	Reason string             `json:"reason"`
	Until  time.Time          `json:"until"` // a day; it holds to the end of it
}

func (w Waiver) String() string {
	where := string(w.Node)
	if where == "" {
		where = "cluster"
	}
	return fmt.Sprintf("%s:%s (%s, until %s)", w.Check, where, w.Reason, w.Until.Format(time.DateOnly))
}

// holds on its last day too.
func (w Waiver) holds(today time.Time) bool {
	y, m, d := w.Until.Date()
	return today.Before(time.Date(y, m, d+1, 0, 0, 0, 0, today.Location()))
}

// The checks that a waiver may name.
const (
	CheckDisk             = "disk"
	CheckEventSubscribers = "event-subscribers"
	CheckForeignUnits     = "foreign-units"
	CheckSystemd          = "systemd"
	CheckUnknownAgents    = "unknown-agents"
)

// Waivable lists the checks that a waiver may name. What is not in it blocks
// whoever may want otherwise.
func Waivable() []string {
	return []string{CheckDisk, CheckEventSubscribers, CheckForeignUnits, CheckSystemd, CheckUnknownAgents}
}

// judgeWaivers blocks for waivers that waive nothing, or more than may be.
func (s *survey) judgeWaivers() {
	for _, w := range s.in.Waivers {
		bad := func(what, observed, want string) {
			s.blocks = append(s.blocks, Block{Check: "waiver", What: what, Observed: observed, Want: want, Next: "correct it: --waive CHECK:NODE=REASON"})
		}
		switch {
		case !slices.Contains(Waivable(), w.Check):
			bad("a waiver names what cannot be waived", w.Check, "one of "+strings.Join(Waivable(), ", "))
		case w.Node != "" && s.known(string(w.Node)) == "":
			bad("a waiver names a node that is not in the inventory", w.String(), "a node, or cluster")
		case w.Reason == "":
			bad("a waiver gives no reason", w.String(), "a reason, for whoever approves it")
		}
	}
}

// waived finds a waiver that holds for a block.
func (s *survey) waived(b Block) (Waiver, bool) {
	if !slices.Contains(Waivable(), b.Check) {
		return Waiver{}, false
	}
	for _, w := range s.in.Waivers {
		if w.Check == b.Check && w.Node == b.Node && w.Reason != "" && w.holds(s.in.Today) {
			return w, true
		}
	}
	return Waiver{}, false
}

// block refuses the plan, unless that is waived: then the block is shown as a
// warning, with the reason.
func (s *survey) block(b Block) {
	w, yes := s.waived(b)
	if !yes {
		s.blocks = append(s.blocks, b)
		return
	}
	b.Next = fmt.Sprintf("waived until %s: %s", w.Until.Format(time.DateOnly), w.Reason)
	s.warn(b)
}
