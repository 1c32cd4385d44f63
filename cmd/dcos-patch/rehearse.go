package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/internal/rehearse"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// rehearseFlags say how many nights to live through, and what goes wrong in
// them.
type rehearseFlags struct {
	faults, offline string
	seed            uint64
	runs            int
	rate            float64
}

// calmRuns are nights without trouble, to compare with.
const calmRuns = 20

// mostRuns keeps a typing error from taking hours.
const mostRuns = 100_000

func (a *app) rehearseCommand() *cobra.Command {
	var f rehearseFlags
	cmd := &cobra.Command{
		Use:   "rehearse",
		Short: "Live through many bad nights of this patch in seconds, on a twin of the cluster",
		Long: `rehearse carries out the inventory's plan again and again on a twin of the cluster, in
this process and in virtual time. The engine that decides is the real one; nodes, people
and trouble are a model. No node is asked or touched.

It says how long the patch takes, where it would stop and how often somebody is needed,
and watches the twin for broken safety rules, of which there must be none. The same
inventory, seed and number of runs give the same numbers.

Without --offline, every node that is not excluded is taken for healthy, at the version
to patch from, and without the packages. How often things go wrong is assumed, not
measured: --rate makes all of it more or less frequent.`,
		Example: `  dcos-patch rehearse -i inventory.yaml
  dcos-patch rehearse -i inventory.yaml --chaos 7 --runs 1000 --rate 3
  dcos-patch rehearse -i inventory.yaml --offline facts.json --faults faults.yaml --runs 50`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.faults != "" && (cmd.Flags().Changed("chaos") || cmd.Flags().Changed("rate")) {
				return invalid("--faults says what goes wrong; it goes without --chaos and --rate")
			}
			return a.rehearse(f)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.faults, "faults", "", "YAML `file` of faults, as for sim up, that strike in every run")
	fl.Uint64Var(&f.seed, "chaos", 1, "`seed` of what goes wrong, and of how long things take")
	fl.IntVar(&f.runs, "runs", 200, "nights to live through")
	fl.Float64Var(&f.rate, "rate", 1, "how often things go wrong; 2 is twice as often, 0 never")
	fl.StringVar(&f.offline, "offline", "", "plan from the facts in `file` (plan --save-facts) instead of a healthy cluster")
	return cmd
}

func (a *app) rehearse(f rehearseFlags) error {
	if f.runs < 1 || f.runs > mostRuns {
		return invalid("--runs %d: want 1 to %d", f.runs, mostRuns)
	}
	if !(f.rate >= 0 && f.rate <= 100) {
		return invalid("--rate %g: want 0 to 100", f.rate)
	}
	inv, err := loadInventory(a.inventory)
	if err != nil {
		return err
	}
	p, err := twinPlan(inv, f.offline)
	if err != nil {
		return err
	}
	o := rehearse.Options{Plan: p, Seed: f.seed, Chaos: f.rate}
	if f.faults != "" {
		o.Chaos = 0
		if o.Faults, err = readFaults(f.faults, p); err != nil {
			return err
		}
	}
	began := time.Now()
	calm := rehearse.Many(rehearse.Options{Plan: p, Seed: f.seed}, calmRuns)
	r := rehearse.Many(o, f.runs)
	show := rehearse.Told{Report: r, Calm: calm, Inventory: a.inventory, Runs: f.runs, Seed: f.seed, Rate: f.rate, FaultsFile: f.faults, Offline: f.offline, Took: time.Since(began)}
	if a.output == "json" {
		err = show.JSON(a.out)
	} else {
		err = show.Text(a.out)
	}
	if err == nil && len(r.Broken)+len(calm.Broken) > 0 {
		return &codeError{exitInternal}
	}
	return err
}

// twinPlan is the plan to rehearse.
func twinPlan(inv *inventory.Cluster, facts string) (*plan.Plan, error) {
	if facts == "" {
		return rehearse.Plan(inv, time.Now())
	}
	known, err := controller.ReadFacts(facts)
	if err != nil {
		return nil, invalid("--offline: %w", err)
	}
	return plan.Build(plan.Input{Inventory: inv, Facts: known, Today: time.Now()})
}

// readFaults reads faults in the form that sim up reads.
func readFaults(file string, p *plan.Plan) ([]rehearse.Fault, error) {
	text, err := inventory.ReadFile(file)
	if err != nil {
		return nil, invalid("--faults: %w", err)
	}
	parsed, err := simcluster.ParseFaults(text)
	if err != nil {
		return nil, invalid("--faults: %s: %w", file, err)
	}
	var faults []rehearse.Fault
	for _, x := range parsed {
		if x.When != simcluster.WhenStart || x.After != 0 || x.At != 0 {
			err = errors.Join(err, fmt.Errorf("%s: the twin knows no when, after or at: leave them out", x.What))
		}
		faults = append(faults, rehearse.Fault{What: x.What.Seen(), Said: x.What, Where: inventory.NodeName(x.Where), Nth: x.Nth, For: x.For})
	}
	if err == nil {
		err = rehearse.Check(faults, p)
	}
	if err != nil {
		return nil, invalid("--faults: %s: %w", file, err)
	}
	return faults, nil
}
