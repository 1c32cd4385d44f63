package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Preflight writes what a look at every node has found: the tally, then what
// blocks, what is warned of, and what the nodes answered, folded by identical
// answer.
func (p Program) Preflight(w io.Writer, in plan.Input, j plan.Judgement) error {
	var s strings.Builder
	c, script := in.Inventory, in.Facts.Script
	fmt.Fprintf(&s, "PREFLIGHT  %s (%s)", c.Name, short(c.ID, 8))
	if script.From != "" {
		fmt.Fprintf(&s, "  DC/OS %s -> %s", script.From, script.To)
	}
	fmt.Fprintf(&s, "  %s: %s\n", Count(j.Nodes, "node"), j)
	p.writeBlocks(&s, "BLOCK ", j.Blocks)
	p.writeBlocks(&s, "WARN  ", j.Warnings)
	s.WriteString(knownIssues(script.From, script.To))
	if _, err := io.WriteString(w, s.String()); err != nil {
		return err
	}
	return answers(in).write(w)
}

// Warnings writes what a person should know before a patch.
func (p Program) Warnings(w io.Writer, warnings []plan.Block) error {
	var s strings.Builder
	for _, f := range foldBlocks(warnings) {
		b := f.shown()
		fmt.Fprintf(&s, "warning: %s: %s: %s; %s\n", f.who(), b.What, b.Observed, p.Text(b.Next))
	}
	_, err := io.WriteString(w, s.String())
	return err
}

// answers is one row for each answer that differs, with the nodes that gave it.
func answers(in plan.Input) *table {
	t := &table{}
	var order []string
	nodes := map[string][]inventory.NodeName{}
	for _, n := range in.Inventory.Nodes() {
		text := "excluded"
		if _, out := in.Inventory.Excluded(n.Name, in.Today); !out {
			text = answer(in.Facts.Nodes[n.Name], len(in.Facts.Script.Packages), holds(in.Facts, n.Name))
		}
		if _, seen := nodes[text]; !seen {
			order = append(order, text)
		}
		nodes[text] = append(nodes[text], n.Name)
	}
	for _, text := range order {
		t.row("", Fold(nodes[text]), text)
	}
	return t
}

// holds counts the script's packages that are on the node's disk.
func holds(facts plan.Facts, name inventory.NodeName) int {
	n := 0
	for _, p := range facts.Script.Packages {
		if slices.Contains(facts.Nodes[name].Fetched, p) {
			n++
		}
	}
	return n
}

// answer is what a node said of itself, without what is its own anyhow.
func answer(f plan.NodeFacts, packages, held int) string {
	if f.Err != "" {
		return "no answer"
	}
	words := []string{f.Role.String(), strings.TrimSpace("DC/OS " + orUnknown(string(f.Version)) + " " + f.Variant)}
	if f.Systemd > 0 {
		words = append(words, fmt.Sprintf("systemd %d", f.Systemd))
	}
	if f.Ready != nil && f.Ready.Err == "" {
		words = append(words, "docker "+orUnknown(f.Ready.Docker))
	}
	if packages > 0 {
		words = append(words, fmt.Sprintf("holds %d of the release's %d packages", held, packages))
	}
	if f.LockOwner != "" {
		words = append(words, fmt.Sprintf("locked by run %s of %q", f.LockRun, f.LockOwner))
	}
	return strings.Join(words, ", ")
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

// PreflightJSON writes the same for programs.
func (p Program) PreflightJSON(w io.Writer, in plan.Input, j plan.Judgement) error {
	clean, warned, blocked := j.Tally()
	out := struct {
		Head
		Cluster  string       `json:"cluster"`
		Nodes    int          `json:"nodes"`
		Clean    int          `json:"clean"`
		Warn     int          `json:"warn"`
		Block    int          `json:"block"`
		Blocks   []plan.Block `json:"blocks"`
		Warnings []plan.Block `json:"warnings"`
	}{Headed("preflight"), in.Inventory.Name, j.Nodes, clean, warned, blocked, p.toType(j.Blocks), p.toType(j.Warnings)}
	return encodeJSON(w, out, " ")
}

// toType are blocks whose commands work as they are written. None is shown as [].
func (p Program) toType(blocks []plan.Block) []plan.Block {
	all := []plan.Block{}
	for _, b := range blocks {
		if b.Next != nil {
			b.Next = advice.Say(p.Text(b.Next))
		}
		all = append(all, b)
	}
	return all
}
