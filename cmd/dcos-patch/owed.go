package main

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/render"
)

// lost reports whether another controller has the run.
func lost(s orchestrator.State) bool {
	return s.Stop != nil && s.Stop.Reason == journal.StopTakenOver
}

// stays is what a run that is done has left on nodes, in one line.
func stays(s orchestrator.State) string {
	var all []string
	for _, o := range s.Obligations() {
		all = append(all, fmt.Sprintf("%s on %s", o.What, render.Fold(o.Nodes)))
	}
	if len(all) == 0 {
		return ""
	}
	return "  owed    " + render.Printable(strings.Join(all, "; ")) + "\n  next    " + ours("sweep") + " removes it\n"
}

// owed lists the open obligations, one a line, each behind the label's width.
func owed(s orchestrator.State, label string) string {
	var b lines
	for _, o := range s.Obligations() {
		b.say("%s%s on %s: %s", label, o.What, render.Fold(o.Nodes), o.Undo)
		label = strings.Repeat(" ", len(label))
	}
	return b.String()
}
