package plan

import (
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// FormatVersion is the version of the plan's JSON. It grows when a reader of
// the previous version could misunderstand the new one.
const FormatVersion = 1

// Plan is what will be done, whole. ID covers the decision (see Identity),
// not the observations that the estimate was made from.
type Plan struct {
	Format    int          `json:"format"`
	ID        string       `json:"id"`
	Cluster   ClusterRef   `json:"cluster"`
	From      dcos.Version `json:"from"`
	To        dcos.Version `json:"to"`
	Script    dcos.Script  `json:"script"`
	Mesos     string       `json:"mesos,omitempty"` // Mesos version of the target
	Nodes     []Node       `json:"nodes"`           // every node of the inventory: masters, then groups in order
	Stages    []Stage      `json:"stages"`
	MaxOut    int          `json:"max_out"`
	HoldLimit Duration     `json:"hold_limit"`
	TimeScale float64      `json:"time_scale,omitempty"` // set for rehearsals only
	Variant   string       `json:"variant,omitempty"`    // "open" or "enterprise", as the nodes say; empty when none does
	Waivers   []Waiver     `json:"waivers,omitempty"`    // what was let pass, and why
	Groups    []GroupRule  `json:"groups,omitempty"`     // what the policy allows, group by group, in order
	// ExpectedRed are units and checks of masters that may be red until the
	// masters are done, and are judged then.
	ExpectedRed []string     `json:"expected_red,omitempty"`
	Gates       []CustomGate `json:"gates,omitempty"`    // of the operator's own, besides those of package checks
	Estimate    Duration     `json:"estimate,omitempty"` // of the critical path: stages never overlap
	Seal        string       `json:"seal,omitempty"`     // SHA-256 over all the rest: see Verify
}

// GroupRule is the part of a group's policy that was decided on, whatever the
// nodes were found to be.
type GroupRule struct {
	Name        string    `json:"name"`
	Role        dcos.Role `json:"role"`
	Size        int       `json:"size"` // nodes that are not excluded
	Width       int       `json:"width"`
	ZoneSpread  int       `json:"zone_spread,omitempty"`
	MaxFailures int       `json:"max_failures"`
	Canary      []string  `json:"canary"`             // as declared: names, "auto" or "none"
	NoProbe     bool      `json:"no_probe,omitempty"` // canaries are not asked to start a task
}

// ClusterRef names the cluster. ID is the cluster's own.
type ClusterRef struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

// Disposition says what the plan does with a node.
type Disposition string

// The dispositions.
const (
	Patch    Disposition = "patch"
	AtTarget Disposition = "at-target" // verified by postflight, not touched
	Excluded Disposition = "excluded"
)

// Node is a node as the plan sees it.
type Node struct {
	Name        inventory.NodeName `json:"name"`
	Address     string             `json:"address"`
	Port        int                `json:"port,omitempty"`
	IP          string             `json:"ip"`                // detect_ip
	Machine     string             `json:"machine,omitempty"` // digest of its machine id; empty: not known, or the node is excluded
	Role        dcos.Role          `json:"role"`
	Group       string             `json:"group"`
	Zone        string             `json:"zone,omitempty"`
	Disposition Disposition        `json:"disposition"`
	Why         string             `json:"why,omitempty"`    // evidence of at-target, reason of an exclusion
	Staged      bool               `json:"staged,omitempty"` // held every package of the target when surveyed
	Tasks       int                `json:"tasks,omitempty"`  // running on it when surveyed
	Weight      int                `json:"weight,omitempty"` // leader weight when surveyed
}

// StageKind says what a stage is for.
type StageKind string

// The stages, in the order in which plans have them.
const (
	StagePreflight  StageKind = "preflight"
	StageAhead      StageKind = "stage"
	StageMasters    StageKind = "masters"
	StageDeferred   StageKind = "deferred"
	StageCanary     StageKind = "canary"
	StageGroup      StageKind = "group"
	StagePostflight StageKind = "postflight"
)

// Order is the rule by which a stage's next lane is chosen.
type Order string

// The orders. Lanes of nodes that are already out go first in either.
const (
	OrderFixed        Order = "fixed"         // as listed
	OrderLeaderWeight Order = "leader-weight" // ascending leader weight as observed, ties by name; chosen and recorded before each
)

// Stage is lanes that may overlap, at most Width at a time, as a sliding
// window. Stages never overlap.
type Stage struct {
	ID          string    `json:"id"` // "masters", "canary", "general"
	Kind        StageKind `json:"kind"`
	Group       string    `json:"group,omitempty"`
	Order       Order     `json:"order"`
	Width       int       `json:"width"`
	ZoneSpread  int       `json:"zone_spread,omitempty"` // zones with lanes in flight at once; 0: any
	MaxFailures int       `json:"max_failures"`
	Lanes       []Lane    `json:"lanes"`
	Estimate    Duration  `json:"estimate"`
	Note        string    `json:"note,omitempty"` // for a person: "3 serve, quorum 2: one stops, 2 remain"
}

// Lane is one node's way through a stage, or the cluster's (Node empty).
type Lane struct {
	Node  inventory.NodeName `json:"node,omitempty"`
	Steps []Step             `json:"steps"`
}

// StepID names a step: "masters/m1/patch". It never changes.
type StepID string

// Step is one action on one node.
type Step struct {
	ID      StepID             `json:"id"`
	Node    inventory.NodeName `json:"node,omitempty"`
	Action  Action             `json:"action"`
	Gates   []GateSpec         `json:"gates,omitempty"` // all must hold at the same time
	Timeout Duration           `json:"timeout,omitempty"`
	Span    Duration           `json:"span,omitempty"` // of settle and bake
}

// Asks reports whether a gate is among the step's.
func (s Step) Asks(gate string) bool {
	return slices.ContainsFunc(s.Gates, func(g GateSpec) bool { return g.Gate == gate })
}

// GateSpec is how sure a gate must be, and its timeout.
type GateSpec struct {
	Gate   string   `json:"gate"`   // of the table of package gates, or an operator's own
	Need   int      `json:"need"`   // samples in a row
	Span   Duration `json:"span"`   // the streak must last at least this long
	Every  Duration `json:"every"`  // pause between samples
	Within Duration `json:"within"` // timeout
}

// Node finds a node of the plan.
func (p *Plan) Node(name inventory.NodeName) (Node, bool) {
	for _, n := range p.Nodes {
		if n.Name == name {
			return n, true
		}
	}
	return Node{}, false
}

// Masters lists the plan's masters, excluded ones too.
func (p *Plan) Masters() []Node { return Masters(p.Nodes) }

// Masters lists the masters among nodes, in their order.
func Masters(nodes []Node) []Node {
	var ms []Node
	for _, n := range nodes {
		if n.Role == dcos.Master {
			ms = append(ms, n)
		}
	}
	return ms
}
