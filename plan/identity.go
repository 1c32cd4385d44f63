package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// decision is what a person approves: all of it and nothing that moves by
// itself. A field that is added here gives every plan a new id.
type decision struct {
	Cluster   string         `json:"cluster"`
	From      dcos.Version   `json:"from"`
	To        dcos.Version   `json:"to"`
	Script    string         `json:"script"`
	Packages  []string       `json:"packages"`
	Nodes     []decisionNode `json:"nodes"`
	Groups    []GroupRule    `json:"groups"`
	Gates     []CustomGate   `json:"gates,omitempty"`
	Expected  []string       `json:"expected_red,omitempty"`
	MaxOut    int            `json:"max_out"`
	TimeScale float64        `json:"time_scale"`
	Waivers   []Waiver       `json:"waivers,omitempty"`
}

type decisionNode struct {
	Name     string    `json:"name"`
	Role     dcos.Role `json:"role"`
	Group    string    `json:"group"`
	Zone     string    `json:"zone"`
	Excluded bool      `json:"excluded"`
	IP       string    `json:"ip,omitempty"` // of a node that takes part, as the machine itself says
	Machine  string    `json:"machine,omitempty"`
}

// Identity is the first 12 hex digits of the SHA-256 over the decision: the
// cluster's id, nodes with role, group, zone, exclusion and machine, versions, packages,
// script, the operator's gates, waivers, and the policy that can widen what happens. Leaders, tasks, health,
// SSH addresses, who is at the target already, and estimates are not in it,
// so that an approval holds from Thursday to Saturday (docs/decisions/0022).
func Identity(p *Plan) (string, error) {
	d := decision{
		Cluster:   p.Cluster.ID,
		From:      p.From,
		To:        p.To,
		Script:    p.Script.SHA256,
		Packages:  slices.Sorted(slices.Values(p.Script.Packages)),
		Groups:    p.Groups,
		Gates:     p.Gates,
		Expected:  p.ExpectedRed,
		MaxOut:    p.MaxOut,
		TimeScale: p.TimeScale,
		Waivers:   p.Waivers,
	}
	d.Nodes = make([]decisionNode, 0, len(p.Nodes))
	for _, n := range p.Nodes {
		dn := decisionNode{Name: string(n.Name), Role: n.Role, Group: n.Group, Zone: n.Zone, Excluded: n.Disposition == Excluded}
		if !dn.Excluded { // the others may be unreachable
			dn.IP, dn.Machine = n.IP, n.Machine
		}
		d.Nodes = append(d.Nodes, dn)
	}
	slices.SortFunc(d.Nodes, func(a, b decisionNode) int { return cmp.Compare(a.Name, b.Name) })
	id, err := digest(d)
	if err != nil {
		return "", err
	}
	return id[:12], nil
}

// digest hashes a value's JSON: struct fields in their order, no maps.
func digest(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("hashing a plan: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// same reports whether two values have one digest.
func same(a, b any) bool {
	x, errA := digest(a)
	y, errB := digest(b)
	return errA == nil && errB == nil && x == y
}

// SealError says that a plan is not as Build made it.
type SealError struct {
	What      string // "id" or "seal"
	Have      string // as written in the plan
	Recompute string // as its content says
}

func (e *SealError) Error() string {
	if e.What == "id" {
		return fmt.Sprintf("the plan was changed after it was made: its id says %q, its decision %q; make the plan again", e.Have, e.Recompute)
	}
	return fmt.Sprintf("the plan was changed after it was made: its decision is that of its id, but its content has seal %.12q instead of %.12q; make the plan again", e.Recompute, e.Have)
}

// Verify recomputes a plan's id and seal. The error is a *SealError: "id"
// when what was decided differs, "seal" when anything else does; any other means
// that the plan has none.
func Verify(p *Plan) error {
	id, err := Identity(p)
	switch {
	case err != nil:
		return err
	case id != p.ID:
		return &SealError{What: "id", Have: p.ID, Recompute: id}
	}
	s, err := seal(p)
	if err == nil && s != p.Seal {
		err = &SealError{What: "seal", Have: p.Seal, Recompute: s}
	}
	return err
}
