package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/dcos-patch/dcos-patch/render"
)

// streams is what the command talks through.
type streams struct {
	in          io.Reader
	out, errOut io.Writer
	interactive bool // a person can answer questions

	outTerm, errTerm *terminal // nil: no terminal
}

func standardStreams() streams {
	return streams{in: os.Stdin, out: pipeTolerant{os.Stdout}, errOut: pipeTolerant{os.Stderr}, outTerm: terminalOf(os.Stdout), errTerm: terminalOf(os.Stderr), interactive: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd()))}
}

// pipeTolerant writes for a reader that may go away (dcos-patch apply | head):
// nobody is left to read, which is no reason to stop a patch. Any other
// failure to write is one.
type pipeTolerant struct{ w io.Writer }

func (h pipeTolerant) Write(p []byte) (int, error) {
	n, err := h.w.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		return len(p), nil
	}
	return n, err
}

// terminal is what a stream ends at, where a person looks.
type terminal struct {
	columns func() int // 0: not known
	colour  bool
}

// terminalOf is the terminal of a file; nil: it is none. NO_COLOR (no-color.org) and a dumb
// terminal keep it without colour.
func terminalOf(f *os.File) *terminal {
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return nil
	}
	columns := func() int {
		width, _, err := term.GetSize(fd)
		if err != nil {
			return 0
		}
		return width
	}
	return &terminal{columns: columns, colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// onTerminal is a stream of a command, as its terminal shows it. What is copied from a
// terminal (an inventory, its schema) stays as it is.
func (a *app) onTerminal(cmd *cobra.Command, w io.Writer, t *terminal) io.Writer {
	if t == nil || cmd.HasParent() && cmd.Parent().Name() == "inventory" {
		return w
	}
	return render.Screen{W: w, Columns: t.columns, Colour: t.colour}
}

// readLine reads one line of a person's. Nothing ends a read from a terminal: it may
// outlive the command.
func readLine(ctx context.Context, in *bufio.Reader) (string, error) {
	said := make(chan string, 1)
	go func() {
		line, _ := in.ReadString('\n')
		said <- line
	}()
	select {
	case line := <-said:
		return line, nil
	case <-ctx.Done():
		return "", fmt.Errorf("interrupted, nothing was done: %w", ctx.Err())
	}
}
