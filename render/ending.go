package render

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// tallyLine is "masters 3/3 | agents 39 verified, 1 failed, 79 untouched".
func TallyLine(s orchestrator.State) string {
	masters, agents := s.Tallies()
	return "masters " + counts(masters) + " | agents " + counts(agents)
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

// Ending is how a run ended, in words.
func (p Program) Ending(s orchestrator.State) string {
	if s.Plan == nil {
		return "nothing was done\n"
	}
	var b lines
	clock := s.At.Local().Format("15:04:05")
	if s.Stop == nil || s.Ended == journal.RunDone {
		if s.Ended != journal.RunDone {
			b.say("%s %s", strings.ToUpper(s.Word()), clock)
		} else {
			word := "DONE"
			if s.Plan.StagesOnly() {
				word = "STAGED"
			}
			b.say("%s %s  %s -> %s", word, clock, s.Plan.From, s.Plan.To)
		}
		if s.Plan.StagesOnly() {
			b.say("  state   %s", stagedLine(s))
		} else {
			b.say("  state   %s", TallyLine(s))
		}
		if s.Ended == journal.RunDone && s.Plan.StagesOnly() {
			b.say("  next    %s: the packages are on the nodes, and nothing was stopped", p.Run("apply"))
		}
		b.WriteString(acceptedLines(s, "  lost    "))
		for _, n := range s.Left() {
			b.say("  left    %s was left behind: %s", n, s.WhyLeft(n))
		}
		if s.Ended == journal.RunDone && len(s.Left()) > 0 {
			b.say("  next    repair what was left behind; %s shows what is to do for it, %s does it", p.Run("plan"), p.Run("apply"))
		}
		return b.String()
	}
	at := ""
	if s.Stop.Step != "" {
		at = " at " + string(s.Stop.Step)
	}
	b.say("%s %s%s", strings.ToUpper(s.Word()), clock, at)
	b.WriteString(p.reasons(s))
	b.say("  state   %s", TallyLine(s))
	b.WriteString(acceptedLines(s, "  lost    "))
	return b.String()
}

// stagedLine is how many nodes hold the packages, of a run that does nothing else.
func stagedLine(s orchestrator.State) string {
	hold, all := 0, 0
	for i, st := range s.Plan.Stages {
		for k := range st.Lanes {
			if st.Kind == plan.StageAhead {
				all++
				if s.Lanes[i][k].Phase == orchestrator.Verified {
					hold++
				}
			}
		}
	}
	return fmt.Sprintf("%d/%d nodes hold the packages", hold, all)
}
