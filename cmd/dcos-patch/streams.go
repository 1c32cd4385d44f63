package main

import (
	"errors"
	"io"
	"os"
	"syscall"

	"golang.org/x/term"
)

// streams is what the command talks through.
type streams struct {
	in          io.Reader
	out, err    io.Writer
	interactive bool // a person can answer questions

	outTerm, errTerm *terminal // nil: no terminal
}

func standardStreams() streams {
	return streams{in: os.Stdin, out: heedless{os.Stdout}, err: heedless{os.Stderr}, outTerm: terminalOf(os.Stdout), errTerm: terminalOf(os.Stderr), interactive: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd()))}
}

// heedless writes for a reader that may go away (dcos-patch apply | head):
// nobody is left to read, which is no reason to stop a patch. Any other
// failure to write is one.
type heedless struct{ w io.Writer }

func (h heedless) Write(p []byte) (int, error) {
	n, err := h.w.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		return len(p), nil
	}
	return n, err
}
