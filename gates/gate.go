package gates

import (
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Half says in which half of a node's verification a gate belongs.
type Half string

// The halves, and what belongs in neither.
const (
	Quarantined Half = "quarantined" // the node came back as itself; it need not serve yet
	Serving     Half = "serving"     // it does its work
	OfCluster   Half = "cluster"     // asked of the cluster, not of the node
)

// Gate is one row of the table.
type Gate struct {
	Name string
	Half Half

	Demand
	Return Demand        // of the step return, where it demands less: serve asks the gate, too
	Every  time.Duration // pause between samples
	Eager  time.Duration // pause between samples while the last one was not good: what the source bears
	Within Timeouts

	Package    string // asked only where the target has this package; empty: always
	Waivable   bool   // a waiver may name it
	AfterPatch bool   // compares with what was before a patch: nothing to ask of a node outside of a run

	// In words, for docs/gates.md.
	Asks     string // what must hold
	Evidence string // what is read, and where
	Applies  string // when, and the proof that not
	Versions string // of DC/OS, and what differs between them
	Restart  string // how an answer of the old process is told from one of the new
	Baseline string // what it compares with
	Deferred string // what may be red until the masters are done; empty: nothing
}

// Demand is how sure a gate must be. The zero Demand is none.
type Demand struct {
	Need int           // samples in a row
	Span time.Duration // they must last at least this long
}

// Timeouts name, by role, the fields of policy.timeouts whose sum is a gate's
// timeout, as "exhibitor+checks". A role without one is not asked.
type Timeouts struct{ Master, Agent string }

// Of lists the fields for a role; none: the gate is not asked of it.
func (t Timeouts) Of(role dcos.Role) []string {
	sum := ""
	switch {
	case role == dcos.Master:
		sum = t.Master
	case role.IsAgent():
		sum = t.Agent
	}
	return strings.FieldsFunc(sum, func(r rune) bool { return r == '+' })
}

// Of reports whether the gate is asked of nodes of a role.
func (g Gate) Of(role dcos.Role) bool { return len(g.Within.Of(role)) > 0 }

// OfNode reports whether the gate is asked of a node, not of the cluster.
func (g Gate) OfNode() bool { return g.Half != OfCluster }

// Find finds a gate by name.
func Find(name string) (Gate, bool) {
	for _, g := range Table() {
		if g.Name == name {
			return g, true
		}
	}
	return Gate{}, false
}

// Waivable lists the gates that a waiver may name, sorted.
func Waivable() []string {
	var names []string
	for _, g := range Table() {
		if g.Waivable {
			names = append(names, g.Name)
		}
	}
	slices.Sort(names)
	return names
}
