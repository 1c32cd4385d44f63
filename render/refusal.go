package render

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Refusal writes why something was refused before anything was touched: every
// block with what, on which node, observed, wanted and what to do next. Nodes
// with the same block are folded. Any other error is written in one line.
func Refusal(w io.Writer, err error) error {
	var r *plan.RefusalError
	if !errors.As(err, &r) {
		_, werr := fmt.Fprintf(w, "REFUSED: %s\n", Printable(err.Error()))
		return werr
	}
	return Blocks(w, r.Blocks)
}

// Blocks writes blocks as Refusal does, for those that come without an error.
func Blocks(w io.Writer, blocks []plan.Block) error {
	var s strings.Builder
	fmt.Fprintf(&s, "REFUSED: nothing was touched. %s:\n", count(len(blocks), "reason"))
	for _, f := range foldBlocks(blocks) {
		who := Fold(f.nodes)
		if who == "" {
			who = "cluster"
		}
		fmt.Fprintf(&s, " %s: %s\n", Printable(who), Printable(f.block.What))
		if f.other > 0 {
			f.block.Observed += fmt.Sprintf(" (and %d more, each its own)", f.other)
		}
		for _, l := range [][2]string{{"observed", f.block.Observed}, {"wanted", f.block.Want}, {"next", f.block.Next}} {
			if l[1] != "" {
				fmt.Fprintf(&s, "   %-9s %s\n", l[0], Printable(l[1]))
			}
		}
	}
	_, err := io.WriteString(w, s.String())
	return err
}

// folded is one block on several nodes.
type folded struct {
	block plan.Block
	nodes []inventory.NodeName
	other int // observations that differ from the block's
}

// foldBlocks joins blocks of nodes that ask for the same, also where the next
// step names the node. What was observed may differ, as by an address: the
// first is shown, and how many more there are.
func foldBlocks(blocks []plan.Block) []folded {
	var all []folded
	at := map[plan.Block]int{}
	for _, b := range blocks {
		node := b.Node
		b.Node = ""
		key := b
		if node != "" {
			key.Observed = ""
		}
		if node != "" && utf8.ValidString(string(node)) {
			key.Next = regexp.MustCompile(`\b`+regexp.QuoteMeta(string(node))+`\b`).ReplaceAllString(b.Next, "NODE")
		}
		i, seen := at[key]
		if node == "" || !seen {
			at[key] = len(all)
			all = append(all, folded{block: b})
			i = len(all) - 1
		} else {
			all[i].block.Next = key.Next
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

// RefusalJSON writes a refusal for programs. Other errors have no blocks.
func RefusalJSON(w io.Writer, err error) error {
	out := struct {
		Version int          `json:"version"`
		Error   string       `json:"error"`
		Blocks  []plan.Block `json:"blocks"`
	}{Version: JSONVersion, Error: err.Error(), Blocks: []plan.Block{}}
	var r *plan.RefusalError
	if errors.As(err, &r) {
		out.Blocks = r.Blocks
	}
	return encodeJSON(w, out, " ")
}
