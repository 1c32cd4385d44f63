package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/render"
)

func (a *app) sweepCommand() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "Remove what runs that are over have left on the nodes",
		Long: `sweep removes scripts, node programs, copies of runs, abandoned uploads, frameworks
of launch probes, and the cluster lock of a run that is done. It refuses while a run has not ended. What is not
ours stays, and so do the receipts: they keep a script from being run twice.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.sweep(cmd.Context(), dry) },
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "list what would be removed, and remove nothing")
	return cmd
}

func (a *app) sweep(ctx context.Context, dry bool) error {
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	inv, err := inventory.Load(a.inventory)
	if err != nil {
		return err
	}
	c, err := a.open(inv)
	if err != nil {
		return err
	}
	defer c.Close()
	swept, err := c.Sweep(ctx, dry)
	if err != nil {
		return err
	}
	word := "removed"
	if dry {
		word = "would remove"
	}
	return a.tellSwept(swept, word)
}

// tellSwept says what was removed, or would be, and what was not reached.
func (a *app) tellSwept(s controller.Swept, word string) error {
	nodes, files, missed := 0, 0, 0
	for _, n := range s.Nodes {
		if len(n.Paths) > 0 {
			nodes, files = nodes+1, files+len(n.Paths)
		}
		if n.Err != nil {
			missed++
		}
		if err := a.tellSweptNode(n, word, string(n.Node)+"  not swept"); err != nil {
			return err
		}
	}
	if p := s.Probes; p != nil {
		if p.Err != nil {
			missed++
		}
		if err := a.tellSweptNode(*p, word, "launch probes' frameworks not swept"); err != nil {
			return err
		}
	}
	if a.output == "text" {
		fmt.Fprintf(a.out, "%s %s on %s; receipts and epochs stay\n", word, render.Count(files, "file"), render.Count(nodes, "node"))
	}
	if missed > 0 {
		return &codeError{exitParked}
	}
	return nil
}

// sweptLine is one node's part, for programs.
type sweptLine struct {
	Node  inventory.NodeName `json:"node"`
	Paths []string           `json:"paths"`
	Word  string             `json:"what"`
	Error string             `json:"error,omitempty"`
}

func (a *app) tellSweptNode(n controller.SweptNode, word, missed string) error {
	if a.output == "json" {
		line := sweptLine{Node: n.Node, Paths: append([]string{}, n.Paths...), Word: word}
		if n.Err != nil {
			line.Error = n.Err.Error()
		}
		return json.NewEncoder(a.out).Encode(line)
	}
	for _, p := range n.Paths {
		say(a.out, "%s  %s %s", n.Node, word, p)
	}
	if n.Err != nil {
		say(a.out, "%s: %v", missed, n.Err)
	}
	return nil
}
