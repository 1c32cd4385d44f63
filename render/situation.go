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

// situation is who has a run in hand, how the cluster was seen last, and what
// is out of service: all that its journal knows, with its age.
func situation(word string, s orchestrator.State, now time.Time) string {
	if s.Ended == journal.RunDone {
		return ""
	}
	text := fmt.Sprintf("by      %s: %s\n", Printable(s.Controller), controllerWords(word, s)) + quorumLine(s, now)
	if s.Ended == "" {
		text += outLine(s)
	}
	return text
}

// controllerWords are whether the controller lives: on this machine that is
// seen by its hold on the run.
func controllerWords(word string, s orchestrator.State) string {
	switch {
	case s.Ended != "":
		return "has ended its part"
	case word == orchestrator.ControllerGone:
		return "gone, nobody on this machine has the run in hand"
	}
	return "alive, it has the run in hand at this moment"
}

// quorumLine is how the masters were seen last.
func quorumLine(s orchestrator.State, now time.Time) string {
	if s.Seen == nil {
		return "quorum  nobody has looked at the masters yet\n"
	}
	var parts, red []string
	for _, q := range s.Seen.Quorums {
		parts = append(parts, fmt.Sprintf("%s %d/%d", q.Name, len(q.Serving), q.Size))
	}
	for _, f := range s.Seen.Findings {
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
	return fmt.Sprintf("quorum  %s, seen %s ago\n", Printable(text), Span(now.Sub(s.SeenAt)))
}

// outLine is what is out of service: what is ours, and all agents with those
// that others have taken out, as seen last.
func outLine(s orchestrator.State) string {
	var ours, agents []inventory.NodeName
	text := "out     ours none"
	if st := s.AtWork(); st != nil && (st.Kind == plan.StageMasters || st.Kind == plan.StageCanary || st.Kind == plan.StageGroup) {
		for _, i := range s.Flight {
			ours = append(ours, st.Lanes[i].Node)
		}
		text = fmt.Sprintf("out     ours %d/%d%s", len(ours), st.Width, among(ours))
	}
	if s.Seen == nil {
		return text + ", of all agents nothing is known yet\n"
	}
	for _, n := range s.Plan.Nodes {
		if n.Role.IsAgent() && (slices.Contains(ours, n.Name) || slices.Contains(s.Seen.Out, n.Name)) {
			agents = append(agents, n.Name)
		}
	}
	foreign := 0
	for _, u := range s.Seen.Unknown {
		if !u.Active {
			foreign++
		}
	}
	return fmt.Sprintf("%s, all agents %d/%d%s\n", text, len(agents)+foreign, s.Plan.MaxOut, among(agents))
}

// among is those nodes, folded, in brackets.
func among(nodes []inventory.NodeName) string {
	if len(nodes) == 0 {
		return ""
	}
	return " (" + Fold(nodes) + ")"
}
