package render

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Closing is what a person should know on leaving, and the next command.
func (p Program) Closing(s orchestrator.State) string {
	var b lines
	switch {
	case s.Plan == nil:
		return ""
	case s.Ended == journal.RunDone && (s.OwesFor(plan.OwesLock) || s.OwesFor(plan.OwesProbe)):
		b.WriteString(p.owed(s, "  owed    "))
		b.say("  next    1 %s", p.Run("sweep"))
		return b.String()
	case s.Ended == journal.RunDone && s.Plan.StagesOnly(): // what it left is for the apply that comes next
		return ""
	case s.Ended == journal.RunDone:
		return p.stays(s)
	}
	switch {
	case s.TakenOver():
		b.WriteString("  owed    nothing from here: the run and its lock are the other controller's, and were left alone\n")
	case s.Kept():
		b.WriteString(p.owed(s, "  owed    "))
	}
	b.WriteString(p.Leave(s, time.Now()))
	for i, n := range p.onward(s) {
		b.say("  next    %d %s", i+1, n)
	}
	return b.String()
}

// Leave is whether the run may be left as it is, and why.
func (p Program) Leave(s orchestrator.State, now time.Time) string {
	safe, word := s.LeaveAt(now), "no"
	switch {
	case safe.Safe:
		word = "yes"
		if !safe.Until.IsZero() {
			word += fmt.Sprintf(", until %s (%s)", safe.Until.Local().Format("2 Jan 15:04 MST"), Printable(safe.UntilWhat))
		}
	case safe.Unknown:
		word = "not known"
	}
	return fmt.Sprintf("  SAFE TO LEAVE: %s. %s\n", word, p.Text(safe.Reason()))
}

// onward are the steps that lead on from a stop; an alternative stands behind what it replaces.
func (p Program) onward(s orchestrator.State) []string {
	var all []string
	for _, n := range s.Onward() {
		switch {
		case n.Or && len(all) > 0:
			then := ""
			if n.Then != nil {
				then = ", then " + p.Run(n.Then...)
			}
			all[len(all)-1] += fmt.Sprintf("   (or, %s: %s%s)", n.Words, p.Run(n.Command...), then)
		case n.Command != nil:
			all = append(all, p.Run(n.Command...))
		default:
			all = append(all, n.Words)
		}
	}
	return all
}
