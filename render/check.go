package render

import (
	"fmt"
	"io"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// checked is a check's answer, for programs.
type checked struct {
	Head
	Node     inventory.NodeName `json:"node"`
	Green    bool               `json:"green"`
	Findings []dcos.Finding     `json:"findings"`
	Blocking []dcos.Finding     `json:"blocking"`
	Next     [][]string         `json:"next"` // commands about the first that blocks, word by word
}

// CheckJSON writes what a check of a node has found, for programs.
func (p Program) CheckJSON(w io.Writer, node inventory.NodeName, findings, blocking []dcos.Finding, next advice.Text) error {
	return Value(w, checked{Headed("check"), node, len(blocking) == 0, findings, append([]dcos.Finding{}, blocking...), p.Argvs(next.Commands()...)})
}

// Check writes what a check of a node has found, and what to do about the first that
// blocks; nil: its own hint is all.
func (p Program) Check(w io.Writer, node inventory.NodeName, findings, blocking []dcos.Finding, next advice.Text) error {
	var b lines
	if len(findings) > 1 {
		for _, f := range findings {
			b.say("%s", Finding(f))
		}
	}
	if len(blocking) == 0 {
		b.say("%s is green", node)
	} else {
		first := blocking[0]
		b.say("%s is not ready: %s: %s; wanted %s", node, first.Check, first.Observed, first.Want)
		try := first.Hint
		if next != nil {
			try = p.Text(next)
		}
		if try != "" {
			b.say("  try   %s", try)
		}
	}
	if n := len(blocking) - 1; n > 0 {
		b.say("  and %d more above", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Finding is one answer of a gate in a line.
func Finding(f dcos.Finding) string {
	text := fmt.Sprintf("%-12s %-8s %s", f.Check, f.Status, f.Observed)
	if f.Need > 1 {
		text = fmt.Sprintf("%-12s %-8s %d/%d %s", f.Check, f.Status, f.Have, f.Need, f.Observed)
	}
	if !f.Status.OK() && f.Want != "" {
		text += "; wanted " + f.Want
	}
	return text
}
