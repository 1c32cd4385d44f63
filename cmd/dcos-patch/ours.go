package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/render"
)

// quoted is an error for a person: what follows its first line, which may be what a
// node said, is marked, so that it passes for no line of ours.
func quoted(err error) string {
	var problems *inventory.Problems
	if errors.As(err, &problems) { // of a file of the operator's
		return err.Error()
	}
	said := strings.Split(strings.TrimRight(err.Error(), "\n"), "\n")
	for i := range said {
		said[i] = render.Printable(said[i])
	}
	return strings.Join(said, "\n  | ")
}

// say writes such a line.
func say(w io.Writer, format string, args ...any) {
	fmt.Fprintln(w, render.Printable(fmt.Sprintf(format, args...)))
}
