package checks

import (
	"context"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Recorder keeps the samples that a Cluster judges, for people who ask later.
// Nothing is decided by it. Its methods, and those of its tapes, are called
// while gates are asked: they return at once, and leave out what they cannot
// keep. Safe for concurrent use.
type Recorder interface {
	// Began gives the tape of a step whose gates are judged from at on.
	Began(t plan.Task, at time.Time) Tape
	// Looked takes one look at the whole cluster: a sample of each question.
	Looked(ask plan.Ask, samples []Sample)
}

// Tape keeps the samples of one step. It is used from one goroutine.
type Tape interface {
	// Sample takes one sample of a gate, by its index in the step; samples come
	// in the order in which they are judged.
	Sample(gate int, s Sample)
	// Ended takes the moment at which the step was judged for the last time, and
	// what Await says: nil, a *GateError, or why it stopped asking.
	Ended(at time.Time, err error)
}

// Recording makes the Cluster give every sample that counts to r. It is called
// before the first question, and returns c.
func (c *Cluster) Recording(r Recorder) *Cluster {
	c.recorder = r
	return c
}

// tape begins the recording of a step.
func (c *Cluster) tape(t plan.Task, at time.Time) Tape {
	if c.recorder == nil {
		return blank{}
	}
	return c.recorder.Began(t, at)
}

// looked gives an observation's findings to the recorder, unless it was cut
// short.
func (c *Cluster) looked(ctx context.Context, ask plan.Ask, began time.Time, findings []dcos.Finding) {
	if c.recorder == nil || ctx.Err() != nil {
		return
	}
	samples := make([]Sample, len(findings))
	for i, f := range findings {
		samples[i] = Sample{Asked: began, Answered: time.Now(), Finding: f}
	}
	c.recorder.Looked(ask, samples)
}

// blank is the tape of a Cluster without a recorder.
type blank struct{}

func (blank) Sample(int, Sample)     {}
func (blank) Ended(time.Time, error) {}
