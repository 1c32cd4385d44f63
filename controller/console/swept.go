package console

import (
	"fmt"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/render"
)

// Swept says what was removed, or would be, and what was not reached.
func (c *Console) Swept(s controller.Swept, word string) error {
	nodes, files := 0, 0
	for _, n := range s.Nodes {
		if len(n.Paths) > 0 {
			nodes, files = nodes+1, files+len(n.Paths)
		}
		if err := c.sweptNode(n, word, string(n.Node)+"  not swept"); err != nil {
			return err
		}
	}
	if p := s.Probes; p != nil {
		if err := c.sweptNode(*p, word, "launch probes' frameworks not swept"); err != nil {
			return err
		}
	}
	if !c.JSON {
		fmt.Fprintf(c.Out, "%s %s on %s; receipts and epochs stay\n", word, render.Count(files, "file"), render.Count(nodes, "node"))
	}
	return nil
}

// sweptLine is one node's part, for programs.
type sweptLine struct {
	render.Head
	Node  inventory.NodeName `json:"node"`
	Paths []string           `json:"paths"`
	Word  string             `json:"what"`
	Error string             `json:"error,omitempty"`
}

func (c *Console) sweptNode(n controller.SweptNode, word, missed string) error {
	if c.JSON {
		line := sweptLine{Head: render.Headed("swept"), Node: n.Node, Paths: append([]string{}, n.Paths...), Word: word}
		if n.Err != nil {
			line.Error = n.Err.Error()
		}
		return render.Value(c.Out, line)
	}
	for _, p := range n.Paths {
		render.Say(c.Out, "%s  %s %s", n.Node, word, p)
	}
	if n.Err != nil {
		render.Say(c.Out, "%s: %v", missed, n.Err)
	}
	return nil
}
