package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/advice"
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
	then  []string // after an alternative, words of dcos-patch
}

func give(argv ...string) nextStep { return nextStep{argv: argv} }

// nextSteps are what leads on from a stopped run, in order.
func nextSteps(s orchestrator.State, run string, kept bool) []nextStep {
	if lost(s) {
		return []nextStep{resumeElsewhere(run)}
	}
	again := []nextStep{give("plan"), give("apply")}
	switch {
	case !kept && s.OwesFor(plan.OwesLock): // a master did not let it be given back
		return append([]nextStep{give("sweep")}, again...)
	case !kept:
		return again
	}
	next := mending(s)
	resume := []string{"resume", "--run", run}
	if len(s.Finishable()) > 0 {
		resume = append(resume, "--finish-swap")
	}
	if gone := lostForGood(s); len(gone) > 0 {
		return append(next, withoutLost(s, resume, gone)...)
	}
	next = append(next, give(resume...))
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

// withoutLost leads on from agents on which something is lost for good: a person accepts
// that, as far as the budget goes, or leaves them behind.
func withoutLost(s orchestrator.State, resume []string, gone []inventory.NodeName) []nextStep {
	may, not := acceptable(s, gone)
	var next []nextStep
	for _, n := range not {
		next = append(next, give("park", string(n), "--reason", "WHY"))
	}
	if len(may) == 0 {
		return append(next, give(resume...))
	}
	accept := slices.Clone(resume)
	for _, n := range may {
		accept = append(accept, "--accept-lost", string(n))
	}
	next = append(next, give(append(accept, "--reason", "WHY")...))
	for _, n := range may {
		next = append(next, nextStep{argv: []string{"park", string(n), "--reason", "WHY"}, words: fmt.Sprintf("to leave %s behind", n), or: true, then: resume})
	}
	return next
}

// lostForGood are the agents whose verification can never come to pass: they are
// back under another id, or a task of before has ended with them or is not listed any
// more. A resume would verify them again and find the same.
func lostForGood(s orchestrator.State) []inventory.NodeName {
	var nodes []inventory.NodeName
	for _, st := range failures(s) {
		r := report(s, st.ID)
		if r != nil && s.Parkable(st.Node) == "" && !s.Granted(st.Node) && slices.ContainsFunc(r.Findings, hopeless) {
			nodes = append(nodes, st.Node)
		}
	}
	return nodes
}

// hopeless reports whether waiting for a gate is no use, since what it misses does not
// come back: tasks that the leader does not list any more neither, once the agent is back.
func hopeless(f dcos.Finding) bool {
	return f.Lost && f.Final || f.Status == dcos.Unknown && !f.Loss.Empty()
}

// nextCommands are the same for a person; an alternative stands behind what it replaces.
func nextCommands(s orchestrator.State, run string, kept bool) []string {
	var all []string
	for _, n := range nextSteps(s, run, kept) {
		switch {
		case n.or && len(all) > 0:
			then := ""
			if n.then != nil {
				then = ", then " + ours(n.then...)
			}
			all[len(all)-1] += fmt.Sprintf("   (or, %s: %s%s)", n.words, ours(n.argv...), then)
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
func (a *app) argvs(commands []advice.Command) [][]string {
	all := [][]string{}
	for _, c := range commands {
		all = append(all, a.program().Argv(c))
	}
	return all
}

// commandsOf are the commands among steps.
func commandsOf(steps []nextStep) []advice.Command {
	var all []advice.Command
	for _, n := range steps {
		if n.argv != nil {
			all = append(all, n.argv)
		}
	}
	return all
}

// program is how this program was called.
func (a *app) program() render.Program {
	if a.inventory == defaultInventory {
		return render.Program{}
	}
	return render.Program{Inventory: a.inventory}
}
