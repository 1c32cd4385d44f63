package render

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
)

// tallyLine is "masters 3/3 | agents 39 verified, 1 failed, 79 untouched".
func TallyLine(v orchestrator.View) string {
	return "masters " + counts(v.Masters) + " | agents " + counts(v.Agents)
}

func counts(t orchestrator.Tally) string {
	parts := []string{fmt.Sprintf("%d/%d verified", t.Verified+t.AtTarget, t.Nodes)}
	for _, c := range []struct {
		n    int
		word string
	}{{t.InFlight, "in flight"}, {t.InDoubt, "in doubt"}, {t.Failed, "failed"}, {t.Parked, "parked"}, {t.Untouched, "untouched"}, {t.Excluded, "excluded"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	return strings.Join(parts, ", ")
}

// Concluded is what a run came to, as its controller leaves it.
func (p Program) Concluded(v orchestrator.View, warned []string) string {
	return p.Ending(v) + WarnedLines(warned, "  warned  ") + p.Closing(v)
}

// Ending is how a run ended, in words.
func (p Program) Ending(v orchestrator.View) string {
	if v.Plan == nil {
		return "nothing was done\n"
	}
	var b lines
	clock := v.At.Local().Format("15:04:05")
	if v.Stop == nil || v.Ended == journal.RunDone {
		if v.Ended != journal.RunDone {
			b.say("%s %s", strings.ToUpper(v.Word), clock)
		} else {
			word := "DONE"
			if v.Staging {
				word = "STAGED"
			}
			b.say("%s %s  %s -> %s", word, clock, v.Plan.From, v.Plan.To)
		}
		if v.Staging {
			b.say("  state   %d/%d nodes hold the packages", v.Staged, v.ToStage)
		} else {
			b.say("  state   %s", TallyLine(v))
		}
		if v.Ended == journal.RunDone && v.Staging {
			b.say("  next    %s: the packages are on the nodes, and nothing was stopped", p.Run("apply"))
		}
		b.WriteString(acceptedLines(v, "  lost    "))
		for _, n := range v.Left {
			b.say("  left    %s was left behind: %s", n.Node, n.Why)
		}
		if v.Ended == journal.RunDone && len(v.Left) > 0 {
			b.say("  next    repair what was left behind; %s shows what is to do for it, %s does it", p.Run("plan"), p.Run("apply"))
		}
		return b.String()
	}
	at := ""
	if v.Stop.Step != "" {
		at = " at " + string(v.Stop.Step)
	}
	b.say("%s %s%s", strings.ToUpper(v.Word), clock, at)
	b.WriteString(p.reasons(v))
	b.say("  state   %s", TallyLine(v))
	b.WriteString(acceptedLines(v, "  lost    "))
	return b.String()
}
