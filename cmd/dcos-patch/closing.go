package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// closing is what a person should know on leaving, and the next command.
func closing(s orchestrator.State, run string, kept bool) string {
	var b lines
	switch {
	case s.Plan == nil:
		return ""
	case s.Ended == journal.RunDone && (s.OwesFor(orchestrator.OwedLock) || s.OwesFor(orchestrator.OwedProbe)):
		b.WriteString(owed(s, "  owed    "))
		b.say("  next    1 %s", ours("sweep"))
		return b.String()
	case s.Ended == journal.RunDone && stagedOnly(s.Plan): // what it left is for the apply that comes next
		return ""
	case s.Ended == journal.RunDone:
		return stays(s)
	}
	switch {
	case lost(s):
		b.WriteString("  owed    nothing from here: the run and its lock are the other controller's, and were left alone\n")
	case kept:
		b.WriteString(owed(s, "  owed    "))
	}
	b.WriteString(leave(s, time.Now()))
	for i, n := range nextCommands(s, run, kept) {
		b.say("  next    %d %s", i+1, n)
	}
	return b.String()
}

// leave is whether the run may be left as it is, and why.
func leave(s orchestrator.State, now time.Time) string {
	safe, word := s.LeaveAt(now), "no"
	switch {
	case safe.Safe:
		word = "yes"
	case safe.Unknown:
		word = "not known"
	}
	return fmt.Sprintf("  SAFE TO LEAVE: %s. %s\n", word, render.Printable(safe.Why))
}

// nextCommands are the commands that lead on, in order.
func nextCommands(s orchestrator.State, run string, kept bool) []string {
	if lost(s) {
		return []string{resumeThere(run)}
	}
	again := []string{ours("plan"), ours("apply")}
	switch {
	case !kept && s.OwesFor(orchestrator.OwedLock): // a master did not let it be given back
		return append([]string{ours("sweep")}, again...)
	case !kept:
		return again
	}
	var next []string
	if red := clusterRed(s); red != "" {
		next = append(next, "bring the masters back first: "+render.Printable(red))
	}
	if s.Stop != nil && s.Stop.Node != "" && s.LeftBehind(s.Stop.Node) == "" {
		r := report(s, s.Stop.Step)
		switch {
		case r != nil && r.Class == plan.MidSwap:
			next = append(next, fmt.Sprintf("on %s: journalctl -u dcos-setup; finish or repair /opt/mesosphere by hand", s.Stop.Node))
		case r != nil && r.Class == plan.NotStarted:
			next = append(next, fmt.Sprintf("on %s: sudo systemctl daemon-reload && sudo systemctl start dcos.target", s.Stop.Node))
		}
		if !strings.HasSuffix(string(s.Stop.Step), "/"+string(plan.ActionProbe)) { // what a check asks is green then
			next = append(next, ours("check", string(s.Stop.Node), "--wait"))
		}
	}
	return append(next, ours("resume", "--run", run)+without(s))
}

// without is how a run can go on without the node that stopped it.
func without(s orchestrator.State) string {
	if s.Stop == nil || s.Stop.Node == "" || s.Parkable(s.Stop.Node) != "" || clusterRed(s) != "" {
		return ""
	}
	return fmt.Sprintf("   (or, to leave %s behind: %s)", s.Stop.Node, ours("park", string(s.Stop.Node), "--reason", "WHY"))
}
