package render

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Closing is what a person should know on leaving, and the next command.
func (p Program) Closing(v orchestrator.View) string {
	var b lines
	switch {
	case v.Plan == nil:
		return ""
	case v.Ended == journal.RunDone && (v.Owes(plan.OwesLock) || v.Owes(plan.OwesProbe)):
		b.WriteString(p.owed(v, "  owed    "))
		b.say("  next    1 %s", p.Run("sweep"))
		return b.String()
	case v.Ended == journal.RunDone && v.Staging: // what it left is for the apply that comes next
		return ""
	case v.Ended == journal.RunDone:
		return p.stays(v)
	}
	switch {
	case v.TakenOver:
		b.WriteString("  owed    nothing from here: the run and its lock are the other controller's, and were left alone\n")
	case v.Kept:
		b.WriteString(p.owed(v, "  owed    "))
	}
	b.WriteString(p.Leave(v))
	for i, n := range p.onward(v) {
		b.say("  next    %d %s", i+1, n)
	}
	return b.String()
}

// Leave is whether the run may be left as it is, and why.
func (p Program) Leave(v orchestrator.View) string {
	safe, word := v.Safety, "no"
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
func (p Program) onward(v orchestrator.View) []string {
	var all []string
	for _, n := range v.Onward {
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
