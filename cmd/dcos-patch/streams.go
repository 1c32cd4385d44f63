package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// streams is what the command talks through.
type streams struct {
	in          io.Reader
	out, err    io.Writer
	interactive bool // a person can answer questions
}

func standardStreams() streams {
	return streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, interactive: term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stdout.Fd()))}
}
