package render

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/internal/shorten"
	"github.com/dcos-patch/dcos-patch/orchestrator"
)

// acceptedLines are the accepted losses of a run, for people.
func acceptedLines(v orchestrator.View, label string) string {
	var b lines
	for _, l := range v.Accepted {
		b.say("%s%s: %s; accepted by %s: %s", label, l.Node, lossWords(l), l.By, l.Reason)
	}
	return b.String()
}

// lossWords is what was lost: "agent x-S1 (y-S1 since), 3 tasks: web.1 web.2 db.1".
func lossWords(l orchestrator.Acceptance) string {
	var parts []string
	if l.Loss.Agent != "" {
		parts = append(parts, fmt.Sprintf("agent %s (%s since)", l.Loss.Was, l.Loss.Agent))
	}
	if ids := l.Loss.Tasks.List(); len(ids) > 0 {
		parts = append(parts, fmt.Sprintf("%s: %s", Count(len(ids), "task"), shorten.List(ids, 5, " ")))
	}
	return strings.Join(parts, ", ")
}
