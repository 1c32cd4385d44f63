package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/render"
)

func (a *app) statusCommand() *cobra.Command {
	var run string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Where the newest run is, from its journal",
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return a.status(run) },
	}
	cmd.Flags().StringVar(&run, "run", "", "the `run`, when not the newest")
	return cmd
}

func (a *app) runsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "runs",
		Short: "List the runs of the cluster on this machine",
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return a.runs() },
	}
}

// latest reads the newest run of a cluster; an empty name means that there is none.
func latest(store journal.Store) (string, orchestrator.State, error) {
	runs, err := store.Runs()
	if err != nil || len(runs) == 0 {
		return "", orchestrator.New(), err
	}
	run := runs[len(runs)-1]
	s, err := load(store, run)
	return run, s, err
}

// wordOf is the word of a run that is kept on this machine.
func wordOf(store journal.Store, run string, s orchestrator.State) string {
	if s.Ended == "" && s.Plan != nil && !controlled(store, run) {
		return orchestrator.ControllerGone
	}
	return s.Word()
}

// warnedIn reads the warnings of a run out of its journal. What cannot be read is told
// elsewhere.
func warnedIn(store journal.Store, run string) []string {
	var w render.Warned
	_ = journal.ReadEach(store.Path(run, journal.JournalFile), w.See)
	return w.Texts()
}

func load(store journal.Store, run string) (orchestrator.State, error) {
	s := orchestrator.New()
	err := journal.ReadEach(store.Path(run, journal.JournalFile), func(e journal.Event) { s = orchestrator.Replay(s, e) })
	if err != nil {
		return orchestrator.New(), noRun(store, run, err)
	}
	return s, nil
}

func (a *app) status(run string) error {
	store, err := a.store()
	if err != nil {
		return err
	}
	var s orchestrator.State
	if run == "" {
		run, s, err = latest(store)
	} else {
		s, err = load(store, run)
	}
	if err != nil {
		return err
	}
	if run == "" && a.output == "json" {
		return json.NewEncoder(a.out).Encode(render.Summary{Version: render.JSONVersion, Kind: "summary", State: "none", Outcome: "none", Why: "no run in " + store.Dir, Next: a.program().Argvs(advice.Command{"plan"})})
	}
	if run == "" {
		fmt.Fprintf(a.out, "no run in %s\n", store.Dir)
		return nil
	}
	file, word := lastPack(store, run, s), wordOf(store, run, s)
	if a.output == "json" {
		sum := a.program().Summary(run, s, word)
		sum.Pack, sum.Warnings = file, warnedIn(store, run)
		return json.NewEncoder(a.out).Encode(sum)
	}
	fmt.Fprint(a.out, a.program().Status(run, word, s, time.Now()))
	fmt.Fprint(a.out, render.WarnedLines(warnedIn(store, run), "warned  "))
	if file != "" {
		for _, st := range s.Failures() {
			if path := lastPack(store, run, s.StoppedAt(st)); path != "" {
				fmt.Fprint(a.out, packLine(path))
			}
		}
	}
	if word == orchestrator.ControllerGone {
		fmt.Fprint(a.out, a.program().Leave(s, time.Now()))
		fmt.Fprintf(a.out, "its controller is gone: what runs on nodes goes on there\n  next    %s: it looks at the nodes first\n", a.program().Run("resume", "--run", run))
	}
	return nil
}

func (a *app) runs() error {
	store, err := a.store()
	if err != nil {
		return err
	}
	runs, err := store.Runs()
	if err != nil {
		return err
	}
	if len(runs) == 0 && a.output == "text" {
		fmt.Fprintf(a.out, "no run in %s\n", store.Dir)
	}
	var bad error
	for _, run := range runs {
		s, err := load(store, run)
		sum := a.program().Summary(run, s, wordOf(store, run, s))
		if err != nil {
			sum, bad = render.Summary{Version: render.JSONVersion, Kind: "summary", Run: run, State: "unreadable", Outcome: "unreadable", Why: err.Error(), Next: [][]string{}}, &codeError{exitInvalid}
		}
		if a.output == "json" {
			if err := json.NewEncoder(a.out).Encode(sum); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			say(a.out, "%-14s %-15s %v", run, sum.State, err)
			continue
		}
		if sum.State == orchestrator.NotBegun {
			say(a.out, "%-14s %s", run, sum.State)
			continue
		}
		next := ""
		if sum.State == orchestrator.ControllerGone {
			next = "; nobody runs it: " + a.program().Run("resume", "--run", run)
		}
		fmt.Fprintf(a.out, "%-14s %-15s plan %s  %s -> %s  masters %d/%d  agents %d/%d%s\n", run, sum.State, sum.Plan, sum.From, sum.To,
			sum.Masters.Verified+sum.Masters.AtTarget, sum.Masters.Nodes, sum.Agents.Verified+sum.Agents.AtTarget, sum.Agents.Nodes, next)
	}
	return bad
}

// store is the store of the inventory's cluster.
func (a *app) store() (journal.Store, error) {
	inv, err := inventory.Load(a.inventory)
	if err != nil {
		return journal.Store{}, err
	}
	return a.stores(clusterOf(inv))
}
