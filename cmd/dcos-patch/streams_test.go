package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
)

// A command whose reader went away goes on. When the reader goes, between
// which two lines, is chance: the writer must not care.
func TestAReaderThatGoesAwayIsNoError(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(pipeTolerant{w}, "PLAN\n"); err != nil {
		t.Errorf("writing to a reader that went away: %v", err)
	}
}

func TestAnOutputThatIsFullIsAnError(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	if _, err := io.WriteString(pipeTolerant{full}, "PLAN\n"); err == nil {
		t.Error("a plan that could not be written down was called written")
	}
}

// A connection that a node broke is told, although the error is the one of a
// reader that went away.
func TestABrokenConnectionIsExplained(t *testing.T) {
	var said strings.Builder
	(&app{}).explain(&said, fmt.Errorf("m1: writing the script: %w", syscall.EPIPE))
	if !strings.Contains(said.String(), "m1: writing the script: broken pipe") {
		t.Errorf("said %q", said.String())
	}
}
