package render

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
)

// Warned is what passed in a run although a person should look: what each check said of
// each node last, folded by what it said.
type Warned struct {
	last  map[warnedOf]string // empty: it is well already
	order []warnedOf
}

type warnedOf struct {
	node, check string
}

// See takes an event of the run in.
func (w *Warned) See(e journal.Event) {
	if e.Report == nil {
		return
	}
	for _, f := range e.Report.Findings {
		of := warnedOf{f.Node, f.Check}
		if of.node == "" {
			of.node = string(e.Node)
		}
		said := ""
		if f.Status == dcos.Warned {
			said = f.Observed
		}
		if _, seen := w.last[of]; !seen && said == "" {
			continue
		} else if !seen {
			w.order = append(w.order, of)
		}
		if w.last == nil {
			w.last = map[warnedOf]string{}
		}
		w.last[of] = said
	}
}

// mostWarnings is how many are shown.
const mostWarnings = 12

// Texts are "a[1-2] units: red before too: dcos-log.service".
func (w *Warned) Texts() []string {
	type like struct{ check, said string }
	var order []like
	nodes := map[like][]inventory.NodeName{}
	for _, of := range w.order {
		l := like{of.check, w.last[of]}
		if l.said == "" {
			continue
		}
		if nodes[l] == nil {
			order = append(order, l)
		}
		name := inventory.NodeName(of.node)
		if name == "" {
			name = "cluster"
		}
		if !slices.Contains(nodes[l], name) {
			nodes[l] = append(nodes[l], name)
		}
	}
	var all []string
	for _, l := range order {
		all = append(all, Joined(fmt.Sprintf("%s %s: %s", Fold(nodes[l]), l.check, l.said)))
	}
	return all
}

// WarnedLines are the same for a person.
func WarnedLines(texts []string, label string) string {
	var b lines
	for _, text := range texts[:min(len(texts), mostWarnings)] {
		b.say("%s%s", label, text)
	}
	if more := len(texts) - mostWarnings; more > 0 {
		b.say("%sand %d more", label, more)
	}
	return b.String()
}
