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
func (p Program) reasons(v orchestrator.View) string {
	var b lines
	if v.ClusterRed != "" {
		b.say("  cluster the masters are not whole, so %s may not be the cause: %s", v.Stop.Node, v.ClusterRed)
	}
	at := v.Stopped
	shown := at != nil && at.Report != nil && p.gates(&b, v.Run, v.Stop.Step, at.Report)
	if !shown && v.Stop.Detail != "" {
		b.say("  because %s", strings.ReplaceAll(v.Stop.Detail, "\n", "; "))
	}
	if len(v.Failures) > 1 {
		b.say("  failed  %s: %s", failedNodes(v.Failures), otherFailures(v.Failures[1:]))
	}
	if at == nil {
		return b.String()
	}
	if !at.Mutates { // else the reason says it
		b.WriteString(scriptEnd(at.Script))
	}
	if at.Report != nil && at.Report.Class != plan.ClassNone && v.Stop.Node != "" {
		b.say("  class   %s: %s", at.Report.Class, ClassWords(at.Report.Class))
	}
	b.WriteString(impactLine(*at))
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
func scriptEnd(script *orchestrator.StepState) string {
	if script == nil {
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
func impactLine(f orchestrator.Failure) string {
	var base checks.Baseline
	if f.Script == nil || len(f.Baseline) == 0 || json.Unmarshal(f.Baseline, &base) != nil || !base.Role.IsAgent() {
		return ""
	}
	text := fmt.Sprintf("  impact  it ran %s at %s, before its script", Count(len(base.Tasks), "task"), Clock(base.TakenAt))
	if len(base.Tasks) == 0 {
		return text + "\n"
	}
	return text + "; " + Printable(tasksNow(f.Report)) + "\n"
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
	return "not checked since"
}

// failedNodes are the nodes of failures, in their order.
func failedNodes(all []orchestrator.Failure) string {
	var names []string
	for _, f := range all {
		names = append(names, string(f.Step.Node))
	}
	return strings.Join(names, " ")
}

// otherFailures says why each failed but that of the stop, which is told above.
func otherFailures(all []orchestrator.Failure) string {
	var whys []string
	for _, f := range all {
		why := "no reason is known"
		if f.Report != nil && f.Report.Detail != "" {
			why = f.Report.Detail
		}
		whys = append(whys, strings.ReplaceAll(why, "\n", "; "))
	}
	return strings.Join(whys, "; ")
}
