package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// reasons is what a stopped run wanted and saw, and how the node is that
// stopped it, as far as the journal tells.
func (p Program) reasons(s orchestrator.State) string {
	var b lines
	lane, l := s.LaneOf(s.Stop.Step)
	if red := s.ClusterRed(); red != "" {
		b.say("  cluster the masters are not whole, so %s may not be the cause: %s", s.Stop.Node, red)
	}
	shown := l != nil && l.Report != nil && p.gates(&b, s.Run, s.Stop.Step, l.Report)
	if !shown && s.Stop.Detail != "" {
		b.say("  because %s", strings.ReplaceAll(s.Stop.Detail, "\n", "; "))
	}
	if all := s.Failures(); len(all) > 1 {
		b.say("  failed  %s: %s", stepNodes(all), otherFailures(s, all))
	}
	if l == nil {
		return b.String()
	}
	if !lane.Steps[l.Step].Action.Mutates() { // else the reason says it
		b.WriteString(scriptEnd(*l))
	}
	if l.Report != nil && l.Report.Class != plan.ClassNone {
		b.say("  class   %s: %s", l.Report.Class, ClassWords(l.Report.Class))
	}
	b.WriteString(impactLine(*l))
	return b.String()
}

// ClassWords say what a class means for the node; empty: nothing to say.
func ClassWords(c plan.Class) string {
	return map[plan.Class]string{
		plan.BeforeSwap:  "nothing was stopped on the node; the script may run again",
		plan.MidSwap:     "services are stopped and files half moved; the script will NOT run again; resume --finish-swap finishes the swap forward",
		plan.NotStarted:  "applied, but services were not started; the script will NOT run again",
		plan.NotVerified: "applied, not verified; the script will NOT run again",
	}[c]
}

// gates prints what the failed step wanted and saw, if a gate failed it.
func (p Program) gates(b *lines, run string, step plan.StepID, r *plan.Report) (shown bool) {
	for _, f := range r.Silent.Fold(r.Findings) {
		if f.Status.OK() {
			continue
		}
		b.say("  gate    %q on %s", f.Check, cmp.Or(f.Node, "the cluster"))
		b.say("  wanted  %s", f.Want)
		b.say("  seen    %s", f.Observed)
		b.WriteString(sinceLine(f))
		if f.Hint != "" {
			b.say("  try     %s", f.Hint)
		}
		shown = true
	}
	if shown {
		b.say("  more    %s", p.Run("dev", "gates", "show", run, "--step", string(step)))
	}
	return shown
}

// sinceLine is since when a gate has not been good, without a break, and when
// it was asked for the last time.
func sinceLine(f dcos.Finding) string {
	switch {
	case f.Since.IsZero() && f.At.IsZero():
		return ""
	case f.Since.IsZero():
		return fmt.Sprintf("  asked   %s\n", Clock(f.At))
	case f.At.IsZero():
		return fmt.Sprintf("  since   %s\n", Clock(f.Since))
	}
	return fmt.Sprintf("  since   %s, not good for %s; last asked %s\n", Clock(f.Since), Span(f.At.Sub(f.Since)), Clock(f.At))
}

// scriptEnd is how the node's script is known to have ended.
func scriptEnd(l orchestrator.Lane) string {
	script, ran := l.LastRan()
	if !ran {
		return ""
	}
	times := "ran once"
	if script.Tries > 0 {
		times = fmt.Sprintf("attempt %d", script.Tries+1)
	}
	how := strings.TrimPrefix(script.Ran.Detail, "script ")
	if how == script.Ran.Detail { // it was not ours
		return fmt.Sprintf("  script  %s (seen %s)\n", Printable(how), Clock(script.Ran.At))
	}
	return fmt.Sprintf("  script  %s: %s (seen %s)\n", times, Printable(how), Clock(script.Ran.At))
}

// impactLine is what an agent ran before its lane touched it, and what was seen
// of that; empty for masters, and for agents that were not touched.
func impactLine(l orchestrator.Lane) string {
	var base checks.Baseline
	if _, ran := l.LastRan(); !ran || len(l.Baseline) == 0 || json.Unmarshal(l.Baseline, &base) != nil || !base.Role.IsAgent() {
		return ""
	}
	text := fmt.Sprintf("  impact  it ran %s at %s, before its script", Count(len(base.Tasks), "task"), Clock(base.TakenAt))
	if len(base.Tasks) == 0 {
		return text + "\n"
	}
	return text + "; " + Printable(tasksNow(l.Report)) + "\n"
}

// tasksNow is the last that was seen of an agent's tasks.
func tasksNow(r *plan.Report) string {
	if r != nil {
		for _, f := range r.Findings {
			if f.Check == "tasks" && f.Observed != "" && !r.Silent.Covers(f.Check) {
				return "last seen of them: " + f.Observed
			}
		}
	}
	return "nobody has asked since how they are"
}

// stepNodes are the nodes of steps, in their order.
func stepNodes(steps []plan.Step) string {
	var names []string
	for _, st := range steps {
		names = append(names, string(st.Node))
	}
	return strings.Join(names, " ")
}

// otherFailures says why each failed but that of the stop, which is told above.
func otherFailures(s orchestrator.State, all []plan.Step) string {
	var whys []string
	for _, st := range all[1:] {
		why := "no reason is known"
		if r := s.ReportOf(st.ID); r != nil && r.Detail != "" {
			why = r.Detail
		}
		whys = append(whys, strings.ReplaceAll(why, "\n", "; "))
	}
	return strings.Join(whys, "; ")
}
