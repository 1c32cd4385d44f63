package render

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// stopped says where and why a run stopped. What is safe and what comes next
// is decided elsewhere.
func (t *Text) stopped(e journal.Event) []string {
	text := "STOPPED" + after(" run ", t.run)
	if e.Stop == nil {
		return []string{text}
	}
	switch {
	case e.Stop.Step != "":
		text += " at " + string(e.Stop.Step)
	case e.Stop.Node != "":
		text += " at " + string(e.Stop.Node)
	}
	return about(fmt.Sprintf("%s (%s):", text, e.Stop.Reason), e.Stop.Detail)
}

// done says what the plan was, and never that all is well where this log has
// seen a lane end otherwise.
func (t *Text) done() []string {
	text := "DONE" + after(" run ", t.run)
	if len(t.failed) > 0 {
		text += ", but not on " + Fold(t.failed)
	}
	if t.plan == nil {
		return []string{text}
	}
	n := map[plan.Disposition]int{}
	for _, node := range t.plan.Nodes {
		n[node.Disposition]++
	}
	return []string{fmt.Sprintf("%s: %s to patch, %d at target before, %d excluded", text, Count(n[plan.Patch], "node"), n[plan.AtTarget], n[plan.Excluded])}
}
