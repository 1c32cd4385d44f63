package render

import (
	"fmt"
	"strings"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
)

// stays is what a run that is done has left on nodes, in one line.
func (p Program) stays(v orchestrator.View) string {
	var all []string
	for _, o := range v.Owed {
		all = append(all, fmt.Sprintf("%s on %s", o.What, Fold(o.Nodes)))
	}
	if len(all) == 0 {
		return ""
	}
	return "  owed    " + Printable(strings.Join(all, "; ")) + "\n  next    " + p.Run("sweep") + " removes it\n"
}

// owed lists the open obligations, one a line, each behind the label's width.
func (p Program) owed(v orchestrator.View, label string) string {
	var b lines
	for _, o := range v.Owed {
		undo := o.Undo
		if known := o.ID.Spec().Undo; known != nil {
			undo = p.Text(known)
			if c := known.First(); v.Ended != journal.RunDone && v.Ended != journal.RunAbandoned && len(c) > 0 && c[0] == "sweep" { // it is refused until then
				undo += ", once the run has ended"
			}
		}
		b.say("%s%s on %s: %s", label, o.What, Fold(o.Nodes), undo)
		label = strings.Repeat(" ", len(label))
	}
	return b.String()
}

// PackLine tells of a failure pack.
func PackLine(path string) string { return "  pack    " + Printable(path) + "\n" }
