package plan

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// Admission asks whether one more lane of agents may start. InFlight and Out
// are sets: a node in both counts once.
type Admission struct {
	Candidate  inventory.NodeName
	InFlight   []inventory.NodeName // lanes of this run
	Out        []inventory.NodeName // agents out of service, for any reason
	Foreign    int                  // agents out of service that the inventory does not know
	Width      int
	MaxOut     int
	ZoneSpread int                           // 0: any
	Zones      map[inventory.NodeName]string // of candidate and lanes in flight; needed when ZoneSpread > 0
}

// LimitError says which limit a lane would break. It is a reason to wait, not
// a fault.
type LimitError struct {
	Candidate inventory.NodeName
	Limit     string // "in flight", "width", "max_out", "zones"
	Reason    string
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s waits: %s", e.Candidate, e.Reason)
}

// Admit is the arithmetic of admission. It gives the proof in words, or a
// *LimitError. Limits of 0 admit nothing, save a ZoneSpread of 0.
func Admit(a Admission) (string, error) {
	wait := func(limit, format string, args ...any) (string, error) {
		return "", &LimitError{Candidate: a.Candidate, Limit: limit, Reason: fmt.Sprintf(format, args...)}
	}
	inFlight := distinct(a.InFlight)
	if slices.Contains(inFlight, a.Candidate) {
		return wait("in flight", "it is in flight already")
	}
	ours := distinct(append(slices.Clone(inFlight), a.Candidate))
	all := len(distinct(append(slices.Clone(ours), a.Out...))) + max(a.Foreign, 0)
	switch zones := zonesOf(ours, a.Zones); {
	case len(ours) > a.Width:
		return wait("width", "%d of ours in flight, width %d", len(inFlight), a.Width)
	case all > a.MaxOut:
		return wait("max_out", "with it %d agents would be out, max_out %d", all, a.MaxOut)
	case a.ZoneSpread > 0 && len(zones) > a.ZoneSpread:
		return wait("zones", "lanes would be in %d zones at once, spread %d", len(zones), a.ZoneSpread)
	}
	return fmt.Sprintf("out: ours %d/%d, all %d/%d", len(ours), a.Width, all, a.MaxOut), nil
}

func zonesOf(names []inventory.NodeName, zones map[inventory.NodeName]string) []string {
	var zs []string
	for _, n := range names {
		zs = append(zs, zones[n])
	}
	slices.Sort(zs)
	return slices.Compact(zs)
}
