package controller

import (
	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/journal"
)

// recording is the flight recorder of a run. That it cannot write is said once,
// and stops nothing.
type recording struct {
	*flight.Recorder
	trouble chan error
	hear    func(Event)
}

func startRecording(r *running) *recording {
	k := &recording{trouble: make(chan error, 1), hear: r.cfg.tell}
	k.Recorder = flight.New(r.runs.Path(r.run, journal.SamplesDir), flight.DefaultLimits(), func(err error) { k.trouble <- err })
	return k
}

// tell says what is wrong, from the goroutine of the run's events.
func (k *recording) tell() {
	select {
	case err := <-k.trouble:
		k.hear(Trouble{err})
	default:
	}
}

// finish writes the last samples.
func (k *recording) finish() {
	k.Close()
	k.tell()
}
