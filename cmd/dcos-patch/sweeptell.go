package main

import (
	"encoding/json"
	"fmt"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/render"
)

// tell says what was removed, or would be, and what was not reached.
func (w *sweeper) tell(word string) error {
	nodes, files, missed := 0, 0, 0
	for _, l := range w.all {
		if len(l.removed) > 0 {
			nodes, files = nodes+1, files+len(l.removed)
		}
		if l.err != nil {
			missed++
		}
		if err := w.tellOne(l, word); err != nil {
			return err
		}
	}
	if err := w.probes.tell(w, word); err != nil {
		return err
	}
	if w.probes.err != nil {
		missed++
	}
	if w.output == "text" {
		fmt.Fprintf(w.out, "%s %s on %s; receipts and epochs stay\n", word, render.Count(files, "file"), render.Count(nodes, "node"))
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

func (w *sweeper) tellOne(l *litter, word string) error {
	if w.output == "json" {
		line := sweptLine{Node: l.node, Paths: l.removed, Word: word}
		if l.err != nil {
			line.Error = l.err.Error()
		}
		return json.NewEncoder(w.out).Encode(line)
	}
	for _, p := range l.removed {
		say(w.out, "%s  %s %s", l.node, word, p)
	}
	if l.err != nil {
		say(w.out, "%s  not swept: %v", l.node, l.err)
	}
	return nil
}
