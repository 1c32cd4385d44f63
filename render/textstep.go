package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// stepStarted is written for what takes long or changes something; baselines
// and verification speak by their gates.
func (t *Text) stepStarted(e journal.Event) []string {
	if t.started != nil {
		t.started[e.Step] = e.At
	}
	_, node, action := place(e.Step)
	if t.running[e.Step] {
		delete(t.running, e.Step)
		return []string{who(node) + " patch goes on: the script that was found running is watched"}
	}
	if e.Remedy != plan.RemedyNone {
		if t.remedied != nil {
			t.remedied[e.Step] = e.Remedy
		}
		return []string{fmt.Sprintf("%s %s started, as approved: forward only%s", who(node), e.Remedy, after("; ", e.Detail))}
	}
	spec := action.Spec()
	if spec.Begins == "" && e.Attempt < 2 {
		return nil
	}
	text := cmp.Or(spec.Begins, string(action)+" started")
	if spec.Waits {
		text += after(" for ", t.spanOf(e.Step))
	}
	if e.Attempt > 1 {
		text += fmt.Sprintf(" (attempt %d)", e.Attempt)
	}
	return []string{who(node) + " " + text}
}

func (t *Text) spanOf(id plan.StepID) string {
	if t.plan == nil {
		return ""
	}
	for _, s := range t.plan.Stages {
		for _, l := range s.Lanes {
			for _, st := range l.Steps {
				if st.ID == id {
					return Span(st.Span.D())
				}
			}
		}
	}
	return ""
}

// noted writes news of a step: gate progress when it changes, and details.
func (t *Text) noted(e journal.Event) []string {
	if e.Note == nil {
		return nil
	}
	_, node, _ := place(e.Step)
	var lines []string
	if f := e.Note.Finding; f != nil && t.worthIt(e, f) {
		subject := who(node) + " "
		if f.Check == who(node) { // the cluster itself
			subject = ""
		}
		lines = append(lines, subject+progress(f))
	}
	if e.Note.Detail != "" {
		word := who(node)
		if e.Note.Hold {
			word = "HOLD " + word
		}
		lines = append(lines, about(word, e.Note.Detail)...)
	}
	return lines
}

// worthIt: a gate is news when it does not pass (once, and again when its
// status or its wording changes or, with other numbers, after a while), and when one
// that did not pass holds. One that passes from the start is seen in the status.
func (t *Text) worthIt(e journal.Event, f *dcos.Finding) bool {
	if t.shown == nil {
		t.shown = map[string]shown{}
	}
	key := string(e.Step) + " " + f.Check
	last, seen := t.shown[key]
	switch {
	case f.Status == dcos.NotApplicable && !seen: // the proof is worth a line
	case f.Status.OK() && (!seen || f.Have < f.Need):
		return false
	case f.Status.OK():
		delete(t.shown, key)
		return last.status != dcos.NotApplicable
	case seen && last.status == f.Status && (last.observed == f.Observed || last.quiet(f.Observed, e.At)):
		return false
	}
	if !seen || last.status != f.Status {
		last = shown{status: f.Status, at: map[string]time.Time{}}
	}
	last.observed, last.at[wording(f.Observed)] = f.Observed, e.At
	t.shown[key] = last
	return true
}

// progress is a finding in one line: that it holds, or what was seen and what
// is waited for.
func progress(f *dcos.Finding) string {
	switch {
	case f.Status == dcos.NotApplicable:
		return f.Check + " does not apply" + after(": ", f.Observed)
	case f.Status.OK() && f.Need > 0:
		return fmt.Sprintf("%s holds, %d of %d", f.Check, f.Have, f.Need)
	case f.Status.OK():
		return f.Check + " is green again"
	case f.Status == dcos.Failed: // not yet: the gate is patient
		return f.Check + after(": ", f.Observed) + after("; waits for ", f.Want)
	default:
		return f.Check + " unknown" + after(": ", f.Observed) + after("; waits for ", f.Want)
	}
}

func (t *Text) stepEnded(e journal.Event) []string {
	if e.Report == nil {
		return nil
	}
	stage, node, action := place(e.Step)
	took := t.since(" in ", t.started[e.Step], e.At)
	remedy := t.remedied[e.Step]
	delete(t.remedied, e.Step)
	switch {
	case e.Report.Outcome != plan.Done:
		t.failed = append(t.failed, node)
		return trouble(node, cmp.Or(string(remedy), string(action)), took, e.Report)
	case remedy != plan.RemedyNone:
		return []string{fmt.Sprintf("%s %s done%s%s", who(node), remedy, took, after(": ", e.Report.Detail))}
	}
	return append(t.stepDone(e, stage, node, action, took), t.warnings(node, e.Report)...)
}

func (t *Text) stepDone(e journal.Event, stage string, node inventory.NodeName, action plan.Action, took string) []string {
	spec := action.Spec()
	switch {
	case spec.Ends == "":
		return nil // verified says it all
	case action == plan.ActionServe:
		whole := t.since(", ", t.lanes[stage+"/"+string(node)], e.At)
		if whole != "" {
			whole += " since admission"
		}
		t.failed = slices.DeleteFunc(t.failed, func(n inventory.NodeName) bool { return n == node })
		return []string{fmt.Sprintf("%s %s%s%s", who(node), spec.Ends, took, whole)}
	case action == plan.ActionStage:
		return []string{fmt.Sprintf("%s %s%s", who(node), spec.Ends, took)}
	default:
		return []string{fmt.Sprintf("%s %s%s%s", who(node), spec.Ends, took, after(": ", e.Report.Detail))}
	}
}

// warnings are what passed although a person should look, once for each node and check.
func (t *Text) warnings(node inventory.NodeName, r *plan.Report) []string {
	if t.warned == nil {
		t.warned = map[string]bool{}
	}
	var lines []string
	for _, f := range r.Findings {
		line := fmt.Sprintf("%s warned: %s%s", cmp.Or(f.Node, who(node)), f.Check, after(": ", f.Observed))
		if f.Status == dcos.Warned && !t.warned[line] {
			t.warned[line] = true
			lines = append(lines, line)
		}
	}
	return lines
}

// trouble is everything that a step said when it did not end well.
func trouble(node inventory.NodeName, action, took string, r *plan.Report) []string {
	word := strings.ToUpper(strings.ReplaceAll(r.Outcome.String(), "-", " "))
	lines := []string{fmt.Sprintf("%s %s %s%s%s%s", who(node), action, word, after(" ", class(node, r.Class)), took, after(": ", strings.TrimPrefix(r.Detail, who(node)+": ")))}
	for _, f := range r.Silent.Fold(r.Findings) {
		if f.Status.OK() {
			continue
		}
		lines = append(lines, fmt.Sprintf("%-8s %s %s%s", "because", f.Check, f.Status, after(": ", f.Observed)))
		if f.Want != "" {
			lines = append(lines, fmt.Sprintf("%-8s %s", "wanted", f.Want))
		}
		if f.Hint != "" {
			lines = append(lines, fmt.Sprintf("%-8s %s", "try", f.Hint))
		}
	}
	return lines
}

// class is what became of a node's script; a step of the cluster has none.
func class(node inventory.NodeName, c plan.Class) string {
	if c == plan.ClassNone || node == "" {
		return ""
	}
	return "(" + string(c) + ")"
}

func (t *Text) reconciled(e journal.Event) []string {
	if e.Report == nil {
		return nil
	}
	_, node, action := place(e.Step)
	if e.Report.Outcome == plan.Failed || e.Report.Outcome == plan.InDoubt {
		return trouble(node, fmt.Sprintf("asked how its %s ended:", action), "", e.Report)
	}
	if e.Report.Outcome == plan.Running && t.running != nil {
		t.running[e.Step] = true
	}
	return []string{fmt.Sprintf("%s asked how its %s ended: %s%s", who(node), action, e.Report.Outcome, after(": ", e.Report.Detail))}
}
