package simcluster

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// When says at which moment of the node's life a fault with a choice acts.
type When string

// The moments. Kinds that happen "at their moment" act on them, the others have
// places of their own.
const (
	WhenStart  When = ""       // from the start; a file may say "start"
	WhenLaunch When = "launch" // as the patch starts
	WhenDown   When = "down"   // as the old daemons stop
	WhenAlways When = "always" // from the start, where the kind would wait for the patch
)

// Fault is one thing that goes wrong.
type Fault struct {
	What  fault.Kind    `yaml:"what"`
	Where string        `yaml:"where,omitempty"` // a node's name; empty for faults of the cluster
	When  When          `yaml:"when,omitempty"`
	Nth   int           `yaml:"nth,omitempty"`   // only the nth time that it could act, from 1; 0: every time
	For   time.Duration `yaml:"for,omitempty"`   // unscaled; 0: forever
	After time.Duration `yaml:"after,omitempty"` // unscaled: that long after its moment
	At    int           `yaml:"at,omitempty"`    // of a swap that is cut: the position, from 1 to 28 (package swap); 0: one that is usual
}

// position is where a fault of the kind cuts the node's swap.
func (n *node) position(k fault.Kind) int {
	f, _ := n.c.find(k, n.name)
	usual, _ := cutsAt(k)
	return cmp.Or(f.At, usual)
}

// cutsAt is the usual position of a kind that cuts a swap.
func cutsAt(k fault.Kind) (position int, cuts bool) {
	switch k {
	case fault.RebootMidSwap, fault.MidSwapFromStart: // stopping services takes longest
		return 2, true
	case fault.ScriptFailsMidSwap: // by a full disk, say
		return recordsMove, true
	case fault.RebootMidMove:
		return 18, true
	}
	return 0, false
}

// Faults are the faults of one cluster.
type Faults []Fault

// ParseFaults reads a YAML list of faults strictly.
func ParseFaults(text []byte) (Faults, error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	var fs Faults
	if err := dec.Decode(&fs); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading faults: %w", inYAML(err))
	}
	for i := range fs {
		if fs[i].When == "start" { // as docs/faults.md calls it
			fs[i].When = WhenStart
		}
	}
	return fs, nil
}

// inYAML says what is wrong without the names of Go types.
func inYAML(err error) error {
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		return err
	}
	words := strings.NewReplacer("cannot unmarshal !!", "found ", " into simcluster.Faults", "; want a list: - {what: KIND, where: NODE}", " into simcluster.Fault", "; want {what: KIND, where: NODE}",
		" into fault.Kind", "; want a word", " into time.Duration", "; want a duration, as 90s", " into int", "; want a number", " in type simcluster.Fault", "")
	return errors.New(words.Replace(strings.Join(wrong.Errors, "; ")))
}

// check refuses faults that could never act.
func (fs Faults) check(nodes map[string]*node) error {
	for i, f := range fs {
		if err := f.check(nodes); err != nil {
			return fmt.Errorf("fault %d%w", i+1, err)
		}
	}
	return nil
}

func (f Fault) check(nodes map[string]*node) error {
	_, cuts := cutsAt(f.What)
	n := nodes[f.Where]
	switch {
	case !f.What.Simulated():
		return fmt.Errorf(": unknown kind %q", f.What)
	case n == nil && (f.Where != "" || !f.What.OfCluster() && !f.What.OfScript()):
		return fmt.Errorf(" (%s): no node %q", f.What, f.Where)
	case n == nil && (f.When == WhenLaunch || f.When == WhenDown):
		return fmt.Errorf(" (%s): say where: whose %s it strikes at", f.What, f.When)
	case f.When != WhenStart && f.When != WhenLaunch && f.When != WhenDown && f.When != WhenAlways:
		return fmt.Errorf(" (%s): unknown moment %q; when is start (the default), launch, down or always", f.What, f.When)
	case n != nil && !f.What.OfCluster() && !f.What.Bears(n.role):
		return fmt.Errorf(" (%s): it does not apply to %s, a %s", f.What, f.Where, n.role)
	case f.At != 0 && (f.At < 1 || f.At > 28 || !cuts):
		return fmt.Errorf(" (%s): at %d: a swap is cut at a position from 1 to 28, by script-fails-mid-swap, reboot-mid-swap, reboot-mid-move or mid-swap", f.What, f.At)
	case f.Nth < 0:
		return fmt.Errorf(" (%s): nth %d: want the number of a time, from 1", f.What, f.Nth)
	case f.For < 0 && f.What != fault.ClockSkew: // a clock may be behind
		return fmt.Errorf(" (%s): for %s: want a while", f.What, f.For)
	case f.After < 0:
		return fmt.Errorf(" (%s): after %s: want none or a while", f.What, f.After)
	}
	return nil
}

// has reports whether the node has a fault of that kind, which need not act now.
func (n *node) has(k fault.Kind) bool {
	_, ok := n.c.find(k, n.name)
	return ok
}

// fault reports whether a fault of that kind acts on the node now, without counting.
func (n *node) fault(k fault.Kind) bool {
	_, ok := n.c.meets(k, n.name)
	return ok
}

// affectedBy reports whether the node has a fault that comes with its
// patch, or is there always, and counts it as having acted.
func (n *node) affectedBy(k fault.Kind) bool {
	f, ok := n.c.find(k, n.name)
	if ok = ok && (n.launched > 0 || f.When == WhenAlways); ok {
		n.c.acts(k)
	}
	return ok
}

// hit reports whether a fault acts now, counting the opportunity.
func (n *node) hit(k fault.Kind) bool {
	f, ok := n.c.find(k, n.name)
	if !ok {
		return false
	}
	n.hits[k]++
	now := f.Nth == 0 || f.Nth == n.hits[k]
	if now {
		n.c.acts(k)
	}
	return now
}

// Acted reports whether a fault of the kind has changed anything: something
// happened that would not have, or somebody was answered otherwise.
func (c *Cluster) Acted(k fault.Kind) bool {
	defer c.enter()()
	return c.acted[k]
}

// acts keeps that a fault of the kind has acted.
func (c *Cluster) acts(k fault.Kind) { c.acted[k] = true }

// acts keeps that those of the kinds have acted that the node has.
func (n *node) acts(kinds ...fault.Kind) {
	for _, k := range kinds {
		n.c.meets(k, n.name)
	}
}

// meets finds a fault that acts now.
func (c *Cluster) meets(k fault.Kind, where string) (Fault, bool) {
	f, ok := c.find(k, where)
	if ok {
		c.acts(k)
	}
	return f, ok
}

func (c *Cluster) find(k fault.Kind, where string) (Fault, bool) {
	for _, f := range c.opt.Faults {
		if f.What == k && (f.Where == where || k.OfCluster() || f.Where == "" && k.OfScript()) {
			return f, true
		}
	}
	return Fault{}, false
}
