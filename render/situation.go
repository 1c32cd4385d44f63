package render

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
)

// situation is who has a run in hand, how the cluster was seen last, and what
// is out of service: all that its journal knows, with its age.
func situation(v orchestrator.View) string {
	if v.Ended == journal.RunDone {
		return ""
	}
	text := fmt.Sprintf("by      %s: %s\n", Printable(v.Controller), controllerWords(v)) + quorumLine(v)
	if v.Ended == "" {
		text += outLine(v)
	}
	return text
}

// controllerWords are whether the controller lives: on this machine that is
// seen by its hold on the run.
func controllerWords(v orchestrator.View) string {
	switch {
	case v.Ended != "":
		return "has ended its part"
	case v.Word == orchestrator.ControllerGone:
		return "gone, nobody on this machine has the run in hand"
	}
	return "alive, it has the run in hand at this moment"
}

// quorumLine is how the masters were seen last.
func quorumLine(v orchestrator.View) string {
	if v.Seen == nil {
		return "quorum  the masters have not been looked at yet\n"
	}
	var parts, red []string
	for _, q := range v.Seen.Quorums {
		parts = append(parts, fmt.Sprintf("%s %d/%d%s", q.Name, len(q.Serving), q.Size, q.Waits()))
	}
	for _, f := range v.Seen.Findings {
		switch {
		case !f.Status.OK():
			red = append(red, fmt.Sprintf("%s (%s)", f.Check, f.Observed))
		case f.Check == "leader":
			parts = append(parts, f.Observed)
		}
	}
	text := strings.Join(parts, ", ")
	if len(red) > 0 {
		text = strings.TrimPrefix(text+"; red: "+strings.Join(red, "; "), "; ")
	}
	return fmt.Sprintf("quorum  %s, seen %s ago\n", Printable(text), Span(v.Now.Sub(v.SeenAt)))
}

// outLine is what is out of service: what is ours, and all agents with those
// that others have taken out, as seen last.
func outLine(v orchestrator.View) string {
	text, o := "out     ours none", v.Out
	if o.Width > 0 {
		text = fmt.Sprintf("out     ours %d/%d%s", len(o.Ours), o.Width, among(o.Ours))
	}
	if v.Seen == nil {
		return text + ", of all agents nothing is known yet\n"
	}
	return fmt.Sprintf("%s, all agents %d/%d%s\n", text, len(o.Agents)+o.Foreign, o.Max, among(o.Agents))
}

// among is those nodes, folded, in brackets.
func among(nodes []inventory.NodeName) string {
	if len(nodes) == 0 {
		return ""
	}
	return " (" + Fold(nodes) + ")"
}
