package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// The rows of a terminal that a status keeps to: what is longer ends with its headline.
const (
	statusRows = 22
	shownLanes = 8
)

// Status is where a run is, for people.
func (p Program) Status(run, word string, s orchestrator.State, now time.Time) string {
	if s.Plan == nil {
		return fmt.Sprintf("run %s has not begun\n", run)
	}
	var b lines
	headline := fmt.Sprintf("%s  run %s  %s  %s -> %s  plan %s  last event %s ago", s.Plan.Cluster.Name, run, strings.ToUpper(word),
		s.Plan.From, s.Plan.To, s.Plan.ID, now.Sub(s.At).Round(time.Second))
	b.say("%s", headline)
	if s.Ended == journal.RunAbandoned {
		b.say("ended   unfinished, by hand: %s", s.Abandoned)
		b.say("state   %s", TallyLine(s))
		b.WriteString(p.Unfinished(s))
		b.WriteString(acceptedLines(s, "lost    "))
		b.WriteString(p.owed(s, "owed    "))
		return b.String()
	}
	b.WriteString(situation(word, s, now))
	over := s.Ended != "" || word == orchestrator.ControllerGone
	if s.Stop == nil || !over {
		b.WriteString(acceptedLines(s, "lost    "))
	}
	if !over || s.Stop == nil { // else the ending says it
		b.under(s, now, over)
	}
	for _, n := range s.Left() {
		if s.Ended == journal.RunDone {
			b.say("left    %s was left behind: %s", n, s.WhyLeft(n))
		}
	}
	if s.Stop != nil && over {
		b.WriteString(p.Ending(s))
		b.WriteString(p.Closing(s))
	} else {
		b.WriteString(p.owed(s, "owed    "))
		b.goesOn(p, run, word, s, now)
	}
	if strings.Count(b.String(), "\n") > statusRows {
		b.say("%s", headline)
	}
	return b.String()
}

// under is what is under way, and what it waits for.
func (b *lines) under(s orchestrator.State, now time.Time, over bool) {
	if st := s.AtWork(); st != nil && s.Ended == "" {
		b.say("stage   %s", st.ID)
	}
	b.say("state   %s", TallyLine(s))
	work := s.Working()
	// What waits for something first: it is what a person looks for.
	slices.SortStableFunc(work, func(x, y orchestrator.Work) int {
		return strings.Compare(fmt.Sprint(blocking(s, x.Step) == ""), fmt.Sprint(blocking(s, y.Step) == ""))
	})
	for _, w := range work[:min(len(work), shownLanes)] {
		b.say("  %-8s %-9s since %s%s%s", w.Step.Node, w.Step.Action, Clock(w.Since), endOf(w), blocking(s, w.Step))
	}
	if more := len(work) - shownLanes; more > 0 {
		b.say("  and %d more in flight", more)
	}
	if why := s.HoldsFor(); why != "" && !over {
		since := ""
		if !s.HeldSince.IsZero() {
			since = "since " + Clock(s.HeldSince) + ": "
		}
		b.say("HOLD    %s%s", since, why)
	}
	if s.Stop != nil {
		b.say("STOP    %s (%s): %s", s.Stop.Step, s.Stop.Reason, strings.ReplaceAll(s.Stop.Detail, "\n", "; "))
	}
}

// endOf is when a step that only waits is over, if nothing turns red.
func endOf(w orchestrator.Work) string {
	if w.Step.Action != plan.ActionBake && w.Step.Action != plan.ActionSettle || w.Step.Span == 0 {
		return ""
	}
	return ", until " + Clock(w.Since.Add(w.Step.Span.D()))
}

// goesOn is how a run under way goes on, and what a person has to do for it.
func (b *lines) goesOn(p Program, run, word string, s orchestrator.State, now time.Time) {
	if s.Ended != "" {
		return
	}
	switch word {
	case orchestrator.Running:
		left := s.Remaining()
		b.say("eta     %s, in %s, by the plan's estimates", now.Add(left).Local().Format("15:04 MST"), Span(left))
		b.say("next    nothing: it goes on by itself, and %s shows how", p.Run("status", "--run", run))
	case orchestrator.Holding:
		b.say("next    repair what it waits for; it goes on by itself, and stops when it has held for %s", s.Plan.HoldLimit.D())
	case orchestrator.Finishing:
		b.say("next    wait for the lanes in flight, then %s", p.Run("resume", "--run", run))
	}
}

// blocking is what a step under way waits for.
func blocking(s orchestrator.State, st plan.Step) string {
	for _, n := range s.Findings[st.ID] {
		if f := n.Finding; f != nil && (!f.Status.OK() || f.Have < f.Need) {
			return fmt.Sprintf(": %s %d/%d %s%s", f.Check, f.Have, f.Need, f.Observed, deadline(f.Deadline))
		}
	}
	return ""
}

// deadline is until when Mesos waits for an agent.
func deadline(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return "; Mesos gives up its tasks at " + Clock(at)
}

// Unfinished names the nodes on which a run that was ended has left something half
// done.
func (p Program) Unfinished(s orchestrator.State) string {
	var b lines
	told := map[inventory.NodeName]bool{}
	for _, n := range s.InDoubt() {
		told[n] = true
		b.say("  left    %s: how its last step ended is not known", n)
	}
	for _, n := range s.Plan.Nodes {
		if !told[n.Name] && s.Unverified(n.Name) {
			b.say("  left    %s is patched and not verified: %s looks at it", n.Name, p.Run("check", string(n.Name)))
		}
	}
	return b.String()
}
