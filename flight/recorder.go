package flight

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Limits bound what a run keeps, in bytes.
type Limits struct {
	File  int64 // of one step; beyond it the middle of its samples is left out
	Run   int64 // of all steps; beyond it the steps that ended first keep the first and last sample of each gate
	Queue int   // samples that wait for a disk that is slow; beyond it they are left out
}

// DefaultLimits are those of a run.
func DefaultLimits() Limits { return Limits{File: 2 << 20, Run: 256 << 20, Queue: 4 << 20} }

// Recorder is a checks.Recorder that writes to a directory, 0700 with files
// 0600. Its methods never wait for the disk: one goroutine writes, and what it
// does not come to is left out, which the file says. What was written survives
// the death of the controller; it is not synced to the disk.
type Recorder struct {
	limits Limits
	tell   func(error)
	disk   *disk
	wake   chan struct{}
	done   sync.WaitGroup

	mu     sync.Mutex
	queue  []entry
	queued int            // bytes of samples in the queue
	missed map[string]int // samples of a step that found no place, since its last entry
	looks  map[string]time.Time
	closed bool
}

var _ checks.Recorder = (*Recorder)(nil)

// entry is what the writer has to write into one step's file.
type entry struct {
	step    string
	leftOut int // samples of the step that found no place before
	began   *Began
	sample  *Sample
	ended   *Ended
}

// New begins to record into a directory, which is made when there is something
// to write; what is in it already counts. tell is told of the first error only,
// from another goroutine, and recording goes on as well as it can. It must be
// closed.
func New(dir string, limits Limits, tell func(error)) *Recorder {
	r := &Recorder{
		limits: limits, tell: tell, disk: newDisk(dir, limits), wake: make(chan struct{}, 1),
		missed: map[string]int{}, looks: map[string]time.Time{},
	}
	r.done.Go(r.write)
	return r
}

// Close writes what is left, and returns when nothing more is written.
func (r *Recorder) Close() {
	r.mu.Lock()
	for step, n := range r.missed {
		r.queue = append(r.queue, entry{step: step, leftOut: n})
	}
	r.closed = true
	r.mu.Unlock()
	r.stir()
	r.done.Wait()
}

// Began begins the tape of a step.
func (r *Recorder) Began(t plan.Task, at time.Time) checks.Tape {
	tp := &tape{r: r, step: string(t.Step.ID), began: at, keys: gateKeys(t.Step.Gates)}
	r.put(entry{step: tp.step, began: &Began{
		Format: FormatVersion, Run: t.Run, Step: t.Step.ID, Node: t.Step.Node, Attempt: t.Attempt,
		At: at, Timeout: t.Step.Timeout, Gates: t.Step.Gates,
	}})
	return tp
}

// Looked keeps a look at the cluster under the stage or step that it was for.
func (r *Recorder) Looked(ask plan.Ask, samples []checks.Sample) {
	if len(samples) == 0 {
		return
	}
	names := make([]string, len(samples))
	for i, s := range samples {
		names[i] = s.Finding.Check
		if s.Finding.Node != "" {
			names[i] += " " + s.Finding.Node
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	began, known := r.looks[ask.Stage]
	if !known {
		began = samples[0].Asked
		r.looks[ask.Stage] = began
		r.add(entry{step: ask.Stage, began: &Began{Format: FormatVersion, Step: plan.StepID(ask.Stage), At: began}})
	}
	for i, key := range Keys(names) {
		s := sampleOf(key, samples[i], began)
		r.add(entry{step: ask.Stage, sample: &s})
	}
}

// tape is the checks.Tape of one step.
type tape struct {
	r     *Recorder
	step  string
	began time.Time
	keys  []string
}

func (t *tape) Sample(gate int, s checks.Sample) {
	if gate >= 0 && gate < len(t.keys) {
		k := sampleOf(t.keys[gate], s, t.began)
		t.r.put(entry{step: t.step, sample: &k})
	}
}

func (t *tape) Ended(at time.Time, err error) {
	e := &Ended{After: plan.Duration(at.Sub(t.began)), Held: err == nil}
	var late *checks.GateError
	switch {
	case errors.As(err, &late):
		for _, l := range late.Late {
			e.Late = append(e.Late, l.Gate)
		}
	case err != nil:
		e.Why = "stopped asking"
	}
	t.r.put(entry{step: t.step, ended: e})
}

// put hands an entry to the writer.
func (r *Recorder) put(e entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(e)
}

// add puts an entry into the queue, under the lock. A beginning and an end
// always find a place: there are few of them, and they are short.
func (r *Recorder) add(e entry) {
	n := e.weight()
	switch {
	case r.closed:
		return
	case n > 0 && r.queued+n > r.limits.Queue:
		r.missed[e.step]++
		return
	}
	e.leftOut = r.missed[e.step]
	delete(r.missed, e.step)
	r.queue, r.queued = append(r.queue, e), r.queued+n
	r.stir()
}

// weight is about what an entry costs in memory; nothing for what must not be
// left out.
func (e entry) weight() int {
	if e.sample == nil {
		return 0
	}
	n := 200 + len(e.sample.Identity) + words(e.sample.Finding)
	for k, v := range e.sample.Marks {
		n += len(k) + len(v)
	}
	return n
}

func words(f dcos.Finding) int {
	return len(f.Check) + len(f.Node) + len(f.Observed) + len(f.Want) + len(f.Hint)
}

// stir wakes the writer.
func (r *Recorder) stir() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// write is the one goroutine that touches the disk.
func (r *Recorder) write() {
	told := false
	say := func(err error) {
		if err != nil && !told && r.tell != nil {
			told = true
			r.tell(fmt.Errorf("the samples of gates are not kept whole, which stops nothing: %w", err))
		}
	}
	for {
		<-r.wake
		r.mu.Lock()
		batch, closed := r.queue, r.closed
		r.queue, r.queued = nil, 0
		r.mu.Unlock()
		say(r.disk.write(batch))
		if closed { // nothing was put after it
			say(r.disk.finish())
			return
		}
	}
}
