package main

import (
	"fmt"
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
	case s.Ended == journal.RunDone && (s.OwesFor(plan.OwesLock) || s.OwesFor(plan.OwesProbe)):
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
		if !safe.Until.IsZero() {
			word += fmt.Sprintf(", until %s (%s)", safe.Until.Local().Format("2 Jan 15:04 MST"), render.Printable(safe.UntilWhat))
		}
	case safe.Unknown:
		word = "not known"
	}
	return fmt.Sprintf("  SAFE TO LEAVE: %s. %s\n", word, render.Printable(safe.Why))
}
