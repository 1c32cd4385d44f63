package render

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Refusal writes why something was refused before anything was touched: every
// block with what, on which node, observed, wanted and what to do next. Nodes
// with the same block are folded. Any other error is written in one line.
func (p Program) Refusal(w io.Writer, err error) error {
	var r *plan.RefusalError
	if !errors.As(err, &r) {
		_, werr := fmt.Fprintf(w, "REFUSED: %s\n", Joined(err.Error()))
		return werr
	}
	return p.blocks(w, r.Blocks)
}

// blocks writes blocks as Refusal does.
func (p Program) blocks(w io.Writer, blocks []plan.Block) error {
	var s strings.Builder
	text := Count(len(blocks), "reason")
	if _, n := causes(blocks); n > 0 {
		text = fmt.Sprintf("%s, and %d that follow", Count(len(blocks)-n, "reason"), n)
	}
	fmt.Fprintf(&s, "REFUSED: nothing was touched. %s:\n", text)
	p.writeBlocks(&s, "", blocks)
	_, err := io.WriteString(w, s.String())
	return err
}

// writeBlocks writes folded blocks, each with a word before it, and with what
// follows from it.
func (p Program) writeBlocks(s *strings.Builder, word string, blocks []plan.Block) {
	caused, _ := causes(blocks)
	for _, f := range foldBlocks(blocks) {
		if f.block.DueTo != nil && caused[f.block.DueTo[0]] != nil {
			continue // is told below its cause
		}
		b := f.shown()
		fmt.Fprintf(s, " %s%s: %s\n", word, f.who(), b.What)
		for _, l := range [][2]string{{"observed", b.Observed}, {"wanted", b.Want}, {"next", p.Text(b.Next)}} {
			if l[1] != "" {
				fmt.Fprintf(s, "   %-9s %s\n", l[0], l[1])
			}
		}
		for _, l := range f.followers(caused) {
			fmt.Fprintf(s, "   %-9s %s\n", "follows", l)
		}
	}
}

// who names the nodes of a folded block.
func (f folded) who() string {
	if who := Fold(f.nodes); who != "" {
		return Printable(who)
	}
	return "cluster"
}

// shown is the block in a form that does nothing to a terminal.
func (f folded) shown() plan.Block {
	b := f.block
	if f.other > 0 {
		b.Observed += fmt.Sprintf(" (and %d more, each its own)", f.other)
	}
	b.What, b.Observed, b.Want = Joined(b.What), Joined(b.Observed), Joined(b.Want)
	return b
}

// folded is one block on several nodes.
type folded struct {
	block plan.Block
	nodes []inventory.NodeName
	other int // observations that differ from the block's
}

// like is what blocks have in common that are folded.
type like struct{ check, what, observed, want, next string }

// foldBlocks joins blocks of nodes that ask for the same, also where the next
// step names the node. What was observed may differ, as by an address: the
// first is shown, and how many more there are.
func foldBlocks(blocks []plan.Block) []folded {
	var all []folded
	at := map[like]int{}
	for _, b := range blocks {
		node := b.Node
		b.Node = ""
		next := b.Next
		if node != "" && utf8.ValidString(string(node)) {
			name := regexp.MustCompile(`\b` + regexp.QuoteMeta(string(node)) + `\b`)
			next = b.Next.Map(func(words string) string { return name.ReplaceAllString(words, "NODE") })
		}
		key := like{b.Check, b.What, b.Observed, b.Want, next.String()}
		if node != "" {
			key.observed = ""
		}
		i, seen := at[key]
		if node == "" || !seen {
			at[key] = len(all)
			all = append(all, folded{block: b})
			i = len(all) - 1
		} else {
			all[i].block.Next = next
			if b.Observed != all[i].block.Observed {
				all[i].other++
			}
		}
		if node != "" {
			all[i].nodes = append(all[i].nodes, node)
		}
	}
	return all
}

// Refused is a command that ended with an error, for programs.
type Refused struct {
	Err    error
	Advice advice.Text      // what to do about it; nil: the blocks say so, or nothing is known
	Next   []advice.Command // to be given next
}

// RefusalJSON writes a refusal for programs. Other errors have no blocks.
func (p Program) RefusalJSON(w io.Writer, r Refused) error {
	out := struct {
		Head
		Error  string       `json:"error"`
		Blocks []plan.Block `json:"blocks"`
		Advice string       `json:"advice,omitempty"`
		Next   [][]string   `json:"next"`
	}{Head: Headed("refusal"), Error: r.Err.Error(), Blocks: []plan.Block{}, Advice: p.Text(r.Advice), Next: p.Argvs(r.Next...)}
	var refusal *plan.RefusalError
	if errors.As(r.Err, &refusal) {
		out.Blocks = p.toType(refusal.Blocks)
	}
	return encodeJSON(w, out, "")
}
