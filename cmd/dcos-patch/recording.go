package main

import (
	"fmt"
	"io"

	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/journal"
)

// recording is the flight recorder of a run. That it cannot write is said once,
// and stops nothing.
type recording struct {
	*flight.Recorder
	trouble chan error
	w       io.Writer
}

func startRecording(r *runner) *recording {
	k := &recording{trouble: make(chan error, 1), w: r.err}
	k.Recorder = flight.New(r.store.Path(r.run, journal.SamplesDir), flight.DefaultLimits(), func(err error) { k.trouble <- err })
	return k
}

// tell says what is wrong, from the goroutine that prints.
func (k *recording) tell() {
	select {
	case err := <-k.trouble:
		fmt.Fprintf(k.w, "dcos-patch: %v\n", err)
	default:
	}
}

// finish writes the last samples.
func (k *recording) finish() {
	k.Close()
	k.tell()
}
