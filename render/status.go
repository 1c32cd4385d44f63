package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
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
func (p Program) Status(v orchestrator.View) string {
	if v.Plan == nil {
		return fmt.Sprintf("run %s has not begun\n", v.Run)
	}
	var b lines
	headline := fmt.Sprintf("%s  run %s  %s  %s -> %s  plan %s  last event %s ago", v.Plan.Cluster.Name, v.Run, strings.ToUpper(v.Word),
		v.Plan.From, v.Plan.To, v.Plan.ID, v.Now.Sub(v.At).Round(time.Second))
	b.say("%s", headline)
	if v.Ended == journal.RunAbandoned {
		b.say("ended   unfinished, by hand: %s", v.Abandoned)
		b.say("state   %s", TallyLine(v))
		b.WriteString(p.Unfinished(v))
		b.WriteString(acceptedLines(v, "lost    "))
		b.WriteString(p.owed(v, "owed    "))
		return b.String()
	}
	b.WriteString(situation(v))
	over := v.Ended != "" || v.Word == orchestrator.ControllerGone
	if v.Stop == nil || !over {
		b.WriteString(acceptedLines(v, "lost    "))
	}
	if !over || v.Stop == nil { // else the ending says it
		b.under(v, over)
	}
	for _, n := range v.Left {
		if v.Ended == journal.RunDone {
			b.say("left    %s was left behind: %s", n.Node, n.Why)
		}
	}
	if v.Stop != nil && over {
		b.WriteString(p.Ending(v))
		b.WriteString(p.Closing(v))
	} else {
		b.WriteString(p.owed(v, "owed    "))
		b.goesOn(p, v)
	}
	if strings.Count(b.String(), "\n") > statusRows {
		b.say("%s", headline)
	}
	return b.String()
}

// under is what is under way, and what it waits for.
func (b *lines) under(v orchestrator.View, over bool) {
	if v.Stage != "" && v.Ended == "" {
		b.say("stage   %s", v.Stage)
	}
	b.say("state   %s", TallyLine(v))
	work := slices.Clone(v.Flight)
	// What waits for something first: it is what a person looks for.
	slices.SortStableFunc(work, func(x, y orchestrator.Flight) int {
		return strings.Compare(fmt.Sprint(x.Waits == nil), fmt.Sprint(y.Waits == nil))
	})
	for _, w := range work[:min(len(work), shownLanes)] {
		b.say("  %-8s %-9s since %s%s%s", w.Step.Node, w.Step.Action, Clock(w.Since), endOf(w.Work), waiting(w.Waits))
	}
	if more := len(work) - shownLanes; more > 0 {
		b.say("  and %d more in flight", more)
	}
	if why := v.Hold; why != "" && !over {
		since := ""
		if !v.HoldSince.IsZero() {
			since = "since " + Clock(v.HoldSince) + ": "
		}
		b.say("HOLD    %s%s", since, why)
	}
	if v.Stop != nil {
		b.say("STOP    %s (%s): %s", v.Stop.Step, v.Stop.Reason, strings.ReplaceAll(v.Stop.Detail, "\n", "; "))
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
func (b *lines) goesOn(p Program, v orchestrator.View) {
	if v.Ended != "" {
		return
	}
	switch v.Word {
	case orchestrator.Running:
		left := v.Remaining
		b.say("eta     %s, in %s, by the plan's estimates", v.Now.Add(left).Local().Format("15:04 MST"), Span(left))
		b.say("next    nothing: it goes on by itself, and %s shows how", p.Run("status", "--run", v.Run))
	case orchestrator.Holding:
		b.say("next    repair what it waits for; it goes on by itself, and stops when it has held for %s", v.Plan.HoldLimit.D())
	case orchestrator.Finishing:
		b.say("next    wait for the lanes in flight, then %s", p.Run("resume", "--run", v.Run))
	}
}

// waiting is what a step under way waits for.
func waiting(f *dcos.Finding) string {
	if f == nil {
		return ""
	}
	return fmt.Sprintf(": %s %d/%d %s%s", f.Check, f.Have, f.Need, f.Observed, deadline(f.Deadline))
}

// deadline is until when Mesos waits for an agent.
func deadline(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return "; Mesos marks it unreachable at " + Clock(at)
}

// Unfinished names the nodes on which a run that was ended has left something half
// done.
func (p Program) Unfinished(v orchestrator.View) string {
	var b lines
	for _, n := range v.Doubt {
		b.say("  left    %s: how its last step ended is not known", n)
	}
	for _, n := range v.Unverified {
		b.say("  left    %s is patched and not verified: %s looks at it", n, p.Run("check", string(n)))
	}
	return b.String()
}
