package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// nextStep is one thing to do next: a command of ours, or something else in words.
type nextStep struct {
	argv  []string // words of dcos-patch; nil: words only
	words string   // what to do, or why
	or    bool     // instead of the step before it
}

func give(argv ...string) nextStep { return nextStep{argv: argv} }

// nextSteps are what leads on from a stopped run, in order.
func nextSteps(s orchestrator.State, run string, kept bool) []nextStep {
	if lost(s) {
		return []nextStep{resumeElsewhere(run)}
	}
	again := []nextStep{give("plan"), give("apply")}
	switch {
	case !kept && s.OwesFor(orchestrator.OwedLock): // a master did not let it be given back
		return append([]nextStep{give("sweep")}, again...)
	case !kept:
		return again
	}
	gone := lostForGood(s)
	next := mending(s)
	for _, n := range gone {
		next = append(next, nextStep{argv: []string{"park", string(n), "--reason", "WHY"}, words: fmt.Sprintf("what ran on %s is lost", n)})
	}
	resume := []string{"resume", "--run", run}
	if len(s.Finishable()) > 0 {
		resume = append(resume, "--finish-swap")
	}
	next = append(next, give(resume...))
	if len(gone) > 0 {
		return next
	}
	if s.Stop != nil && s.Stop.Node != "" && s.Parkable(s.Stop.Node) == "" && clusterRed(s) == "" {
		next = append(next, nextStep{argv: []string{"park", string(s.Stop.Node), "--reason", "WHY"}, words: fmt.Sprintf("to leave %s behind", s.Stop.Node), or: true})
	}
	return next
}

// mending is what to do before a run goes on.
func mending(s orchestrator.State) []nextStep {
	var next []nextStep
	if red := clusterRed(s); red != "" {
		next = append(next, nextStep{words: "bring the masters back first: " + render.Printable(red)})
	}
	for _, st := range failures(s) {
		node, r := st.Node, report(s, st.ID)
		switch {
		case r != nil && r.Class == plan.MidSwap:
			continue // resume finishes its swap; a check stays red until then
		case r != nil && r.Class == plan.NotStarted:
			next = append(next, nextStep{words: fmt.Sprintf("on %s: sudo systemctl daemon-reload && sudo systemctl start dcos.target", node)})
		}
		if slices.Contains(lostForGood(s), node) { // no check of it turns green
			continue
		}
		if !strings.HasSuffix(string(st.ID), "/"+string(plan.ActionProbe)) { // what a check asks is green then
			next = append(next, give("check", string(node), "--wait"))
		}
	}
	return next
}

// lostForGood are the agents whose verification can never come to pass: they are
// back under another id, or a task of before has ended with them. A resume would
// verify them again and find the same, so that they have to be left behind first.
func lostForGood(s orchestrator.State) []inventory.NodeName {
	var nodes []inventory.NodeName
	for _, st := range failures(s) {
		r := report(s, st.ID)
		if r != nil && s.Parkable(st.Node) == "" && slices.ContainsFunc(r.Findings, func(f dcos.Finding) bool { return f.Lost && f.Final }) {
			nodes = append(nodes, st.Node)
		}
	}
	return nodes
}

// nextCommands are the same for a person; an alternative stands behind what it replaces.
func nextCommands(s orchestrator.State, run string, kept bool) []string {
	var all []string
	for _, n := range nextSteps(s, run, kept) {
		switch {
		case n.or && len(all) > 0:
			all[len(all)-1] += fmt.Sprintf("   (or, %s: %s)", n.words, ours(n.argv...))
		case n.argv != nil:
			all = append(all, ours(n.argv...))
		default:
			all = append(all, n.words)
		}
	}
	return all
}

// argvs are the commands among the steps, for programs. A word in capitals is for the
// reader to fill in.
func (a *app) argvs(steps []nextStep) [][]string {
	all := [][]string{}
	for _, n := range steps {
		if n.argv != nil {
			all = append(all, a.argv(n.argv))
		}
	}
	return all
}

// argv is a command of ours with the inventory that it reads, where that is another than
// the default.
func (a *app) argv(words []string) []string {
	argv := []string{"dcos-patch"}
	if a.inventory != "" && a.inventory != defaultInventory {
		argv = append(argv, "-i", a.inventory)
	}
	return append(argv, words...)
}
