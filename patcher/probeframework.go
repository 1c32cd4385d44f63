package patcher

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/steps"
)

// ProbeName is how a launch probe's framework is called, so that whoever comes
// later knows whose it is: "dcos-patch probe 1121-2200 a017 2".
type ProbeName struct {
	Run   string
	Node  inventory.NodeName
	Epoch int
}

const probePrefix = "dcos-patch probe "

func (n ProbeName) String() string {
	return fmt.Sprintf("%s%s %s %d", probePrefix, n.Run, n.Node, n.Epoch)
}

// ParseProbeName tells whether a framework's name is one of ours.
func ParseProbeName(name string) (ProbeName, bool) {
	rest, ours := strings.CutPrefix(name, probePrefix)
	words := strings.Split(rest, " ")
	if !ours || len(words) != 3 {
		return ProbeName{}, false
	}
	epoch, err := strconv.Atoi(words[2])
	n := ProbeName{Run: words[0], Node: inventory.NodeName(words[1]), Epoch: epoch}
	return n, err == nil && n.String() == name && n.Run != "" && n.Node != ""
}

// mine reports whether a framework is this step's, or what an earlier
// controller of the run has left of it: never one of a later controller.
func (n ProbeName) mine(other ProbeName) bool {
	return other.Run == n.Run && other.Node == n.Node && other.Epoch <= n.Epoch
}

// Probe is a launch probe's framework that a master knows.
type Probe struct {
	ID   string
	Name ProbeName
}

// Probes lists the launch probes' frameworks at the leader that are wanted.
func Probes(ctx context.Context, lead checks.Lead, want func(ProbeName) bool) ([]Probe, error) {
	ctx, cancel := context.WithTimeout(ctx, steps.LeaderTimeout)
	defer cancel()
	all, err := lead.Mesos.Frameworks(ctx)
	if err != nil {
		return nil, err
	}
	var probes []Probe
	for _, f := range all {
		if n, ours := ParseProbeName(f.Name); ours && want(n) {
			probes = append(probes, Probe{ID: f.ID, Name: n})
		}
	}
	return probes, nil
}

// RemoveProbes removes the wanted ones at the leader, with their tasks, and proves
// that they are gone.
func RemoveProbes(ctx context.Context, lead checks.Lead, want func(ProbeName) bool) error {
	left, err := Probes(ctx, lead, want)
	if err != nil || len(left) == 0 {
		return err
	}
	var errs []error
	for _, f := range left {
		errs = append(errs, remove(ctx, lead, f)) // one that has ended meanwhile is an error, too
	}
	if left, err = Probes(ctx, lead, want); err == nil && len(left) > 0 {
		err = errors.Join(append(errs, fmt.Errorf("framework %s (%s) is still registered at %s", left[0].ID, left[0].Name, lead.Node))...)
	}
	return err
}

func remove(ctx context.Context, lead checks.Lead, p Probe) error {
	ctx, cancel := context.WithTimeout(ctx, steps.LeaderTimeout)
	defer cancel()
	return lead.Mesos.Remove(ctx, p.ID)
}
