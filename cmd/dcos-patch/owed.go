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

// owed lists the open obligations, one a line, each behind the label's width.
func owed(s orchestrator.State, label string) string {
	var b strings.Builder
	for _, o := range s.Obligations() {
		fmt.Fprintf(&b, "%s%s on %s: %s\n", label, o.What, render.Fold(o.Nodes), o.Undo)
		label = strings.Repeat(" ", len(label))
	}
	return b.String()
}
