package controller

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// lookBack is how many runs of this machine are asked whom they left behind.
const lookBack = 5

// leftBefore warns of the nodes that runs of this machine left behind patched
// and not verified, unless a later one verified them. A new run takes a node
// whose packages are the target's for one that has nothing left to do.
func (r Runs) leftBefore() []plan.Block {
	runs, err := r.Runs()
	if err != nil {
		return nil // whoever needs the store hears of it
	}
	var warnings []plan.Block
	verified := map[inventory.NodeName]bool{}
	slices.Reverse(runs)
	for _, run := range runs[:min(len(runs), lookBack)] {
		s, err := r.Load(run)
		if err != nil || s.Plan == nil || s.Ended != journal.RunDone && s.Ended != journal.RunAbandoned {
			continue
		}
		for _, name := range s.Skipped() {
			if !verified[name] && s.Unverified(name) {
				warnings = append(warnings, plan.Block{Node: name, What: fmt.Sprintf("run %s left it behind, patched and not verified", run),
					Observed: s.WhyLeft(name), Next: advice.Run("check", string(name)).Say(" says how it is now")})
			}
			verified[name] = true // told, or left before anything was done to it
		}
		for _, name := range s.VerifiedNodes() {
			verified[name] = true
		}
	}
	return warnings
}

// Warnings are what a person should know before the patch.
func Warnings(in plan.Input, cfg Config) ([]plan.Block, error) {
	j, err := plan.Judge(in)
	if err != nil {
		return nil, err
	}
	if runs, err := OpenRuns(in.Inventory, cfg); err == nil {
		j.Warnings = append(j.Warnings, runs.leftBefore()...)
	}
	return j.Warnings, nil
}
