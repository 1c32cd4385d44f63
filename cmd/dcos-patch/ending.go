package main

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// abandoned is the word for a run that has not ended and that nobody on this
// machine runs any more.
const abandoned = "abandoned"

// wordOf is stateWord of a run that is kept on this machine.
func wordOf(store journal.Store, run string, s orchestrator.State) string {
	if s.Ended == "" && s.Plan != nil && !controlled(store, run) {
		return abandoned
	}
	return stateWord(s)
}

func stateWord(s orchestrator.State) string {
	switch {
	case s.Plan == nil:
		return "not begun"
	case s.Ended == journal.RunAbandoned:
		return closed
	case s.Ended == journal.RunDone && len(s.Left()) > 0:
		return "parked"
	case s.Ended == journal.RunDone && stagedOnly(s.Plan):
		return "staged"
	case s.Ended == journal.RunDone:
		return "done"
	case lost(s):
		return "taken over"
	case s.Ended == "" && (s.Stop != nil || s.Paused): // the lanes in flight finish
		return "finishing"
	case s.Stop != nil && s.Stop.Reason == journal.StopInDoubt:
		return "in doubt"
	case s.Stop != nil && s.Stop.Reason == journal.StopInterrupted:
		return "interrupted"
	case s.Stop != nil:
		return "stopped"
	case s.HoldsFor() != "":
		return "hold"
	default:
		return "running"
	}
}

// tallyLine is "masters 3/3 | agents 39 verified, 1 failed, 79 untouched".
func tallyLine(s orchestrator.State) string {
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

// ending is how a run ended, in words.
func ending(s orchestrator.State) string {
	if s.Plan == nil {
		return "nothing was done\n"
	}
	var b lines
	clock := s.At.Local().Format("15:04:05")
	if s.Stop == nil || s.Ended == journal.RunDone {
		if s.Ended != journal.RunDone {
			b.say("%s %s", strings.ToUpper(stateWord(s)), clock)
		} else {
			word := "DONE"
			if stagedOnly(s.Plan) {
				word = "STAGED"
			}
			b.say("%s %s  %s -> %s", word, clock, s.Plan.From, s.Plan.To)
		}
		if stagedOnly(s.Plan) {
			b.say("  state   %s", stagedLine(s))
		} else {
			b.say("  state   %s", tallyLine(s))
		}
		if s.Ended == journal.RunDone && stagedOnly(s.Plan) {
			b.say("  next    %s: the packages are on the nodes, and nothing was stopped", ours("apply"))
		}
		b.WriteString(acceptedLines(s, "  lost    "))
		for _, n := range s.Left() {
			b.say("  left    %s was left behind: %s", n, whyLeft(s, n))
		}
		if s.Ended == journal.RunDone && len(s.Left()) > 0 {
			b.say("  next    repair what was left behind; %s shows what is to do for it, %s does it", ours("plan"), ours("apply"))
		}
		return b.String()
	}
	at := ""
	if s.Stop.Step != "" {
		at = " at " + string(s.Stop.Step)
	}
	b.say("%s %s%s", strings.ToUpper(stateWord(s)), clock, at)
	b.WriteString(reasons(s))
	b.say("  state   %s", tallyLine(s))
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

// whyLeft is what the last step of a node that was left behind said.
func whyLeft(s orchestrator.State, node inventory.NodeName) string {
	if why := s.LeftBehind(node); why != "" {
		return why
	}
	why := "no reason is known"
	for i, st := range s.Plan.Stages {
		for k, ln := range st.Lanes {
			if l := s.Lanes[i][k]; ln.Node == node && l.Report != nil && (l.Phase == orchestrator.Parked || l.Phase == orchestrator.Broken) {
				why = l.Report.Detail
			}
		}
	}
	return why
}
