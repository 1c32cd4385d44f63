package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// Waiver lets a plan be made although one check blocks one node, or a node pass
// although one gate does not hold. It is part of the decision that is approved:
// see Identity.
type Waiver struct {
	Check  string             `json:"check"`          // a Block's Check, or a gate; only those of Waivable
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
	CheckDeployments      = "deployments"
	CheckDisk             = "disk"
	CheckEventSubscribers = "event-subscribers"
	CheckForeignUnits     = "foreign-units"
	CheckMaintenance      = "maintenance"
	CheckSingleMaster     = "single-master"
	CheckSystemd          = "systemd"
	CheckUnknownAgents    = "unknown-agents"
)

// Waivable lists the checks and gates that a waiver may name. What is not in it
// blocks in any case.
func Waivable() []string {
	return append([]string{CheckDeployments, CheckDisk, CheckEventSubscribers, CheckForeignUnits, CheckMaintenance, CheckSingleMaster, CheckSystemd, CheckUnknownAgents}, gates.Waivable()...)
}

// WaivesGate finds the waiver of a gate that holds for a node on a day.
func WaivesGate(waivers []Waiver, gate string, node inventory.NodeName, today time.Time) (Waiver, bool) {
	for _, w := range waivers {
		if w.Check == gate && w.Node == node && node != "" && slices.Contains(gates.Waivable(), gate) && w.Reason != "" && w.holds(today) {
			return w, true
		}
	}
	return Waiver{}, false
}

// judgeWaivers blocks for waivers that waive nothing, or more than may be.
func (s *builder) judgeWaivers() {
	for _, w := range s.in.Waivers {
		bad := func(what, observed, want string) {
			s.blocks = append(s.blocks, Block{Check: "waiver", What: what, Observed: observed, Want: want, Next: advice.Say("correct it: --waive CHECK:NODE=REASON")})
		}
		switch {
		case !slices.Contains(Waivable(), w.Check):
			bad("a waiver names what cannot be waived", w.Check, "one of "+strings.Join(Waivable(), ", "))
		case w.Node != "" && s.known(string(w.Node)) == "":
			bad("a waiver names a node that is not in the inventory", w.String(), "a node, or cluster")
		case w.Node == "" && slices.Contains(gates.Waivable(), w.Check):
			bad("a gate is waived for all nodes", w.Check, "the node for which it may stay red: "+w.Check+":NODE")
		case w.Reason == "":
			bad("a waiver gives no reason", w.String(), "a reason, for the approver")
		}
	}
}

// waived finds a waiver that holds for a block.
func (s *builder) waived(b Block) (Waiver, bool) {
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
func (s *builder) block(b Block) {
	w, yes := s.waived(b)
	if !yes {
		s.blocks = append(s.blocks, b)
		return
	}
	b.Next = advice.Say(fmt.Sprintf("waived until %s: %s", w.Until.Format(time.DateOnly), w.Reason))
	s.warn(b)
}
