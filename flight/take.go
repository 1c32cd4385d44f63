package flight

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Take is one recording of a step's gates, from their beginning to their end
// or to where it was cut off; or, without Gates, looks at the whole cluster:
// those of a step that has no gates, or those before the lanes of a stage.
type Take struct {
	Began   Began
	Samples []Sample
	LeftOut int    // samples after the last that are not there any more
	Ended   *Ended // nil: the controller was lost first, or there is no end
}

// Began is the beginning of a Take.
type Began struct {
	Format  int                `json:"format"`
	Run     string             `json:"run,omitempty"`
	Step    plan.StepID        `json:"step"` // of looks before lanes: the stage
	Node    inventory.NodeName `json:"node,omitempty"`
	Attempt int                `json:"attempt,omitempty"`
	At      time.Time          `json:"at"` // controller's clock; all other times count from here, by a clock that nobody sets
	Timeout plan.Duration      `json:"timeout,omitempty"`
	Gates   []plan.GateSpec    `json:"gates,omitempty"` // none: looks at the cluster
}

// Ended is the end of a step's gates.
type Ended struct {
	After plan.Duration `json:"after"`          // when they were judged for the last time
	Held  bool          `json:"held"`           // all held together
	Late  []string      `json:"late,omitempty"` // the gates that patience ended for
	Why   string        `json:"why,omitempty"`  // neither: nobody went on asking
}

// Sample is one answer of one gate. Times count from the beginning of the
// Take.
type Sample struct {
	Gate     string // the gate's name, or a question about the cluster: see Keys
	Asked    time.Duration
	Answered time.Duration
	Evidence *time.Duration // nil: with the question
	Finding  dcos.Finding
	Identity string
	Marks    map[string]string
	LeftOut  int // samples that are not there any more, just before this one
}

// Keys are the names by which the samples of a step's gates go: the gates', of
// which a second one of the same name is counted, "units#2".
func Keys(names []string) []string {
	seen := map[string]int{}
	keys := make([]string, len(names))
	for i, n := range names {
		if seen[n]++; seen[n] > 1 {
			n += "#" + strconv.Itoa(seen[n])
		}
		keys[i] = n
	}
	return keys
}

// gateKeys are the keys of a step's gates.
func gateKeys(specs []plan.GateSpec) []string {
	names := make([]string, len(specs))
	for i, s := range specs {
		names[i] = s.Gate
	}
	return Keys(names)
}

// Keys are the names by which the Take's samples go: those of its gates, in
// order; of looks, those that it has, in the order of their first.
func (t Take) Keys() []string {
	if len(t.Began.Gates) > 0 {
		return gateKeys(t.Began.Gates)
	}
	var keys []string
	for _, s := range t.Samples {
		if !slices.Contains(keys, s.Gate) {
			keys = append(keys, s.Gate)
		}
	}
	return keys
}

// WithoutSamples is how many samples are not there any more.
func (t Take) WithoutSamples() int {
	n := t.LeftOut
	for _, s := range t.Samples {
		n += s.LeftOut
	}
	return n
}

// ErrLooks means that a Take has no gates, and so nothing that can be judged.
var ErrLooks = errors.New("looks at the cluster, which are no gates")

// Recorded is the Take as it is judged again. The error is ErrLooks, or a
// sample of a gate that the step does not have.
func (t Take) Recorded() (checks.Recorded, error) {
	r := checks.Recorded{Node: t.Began.Node, Began: t.Began.At, Timeout: t.Began.Timeout.D(), Gates: t.Began.Gates}
	if len(r.Gates) == 0 {
		return r, ErrLooks
	}
	keys := t.Keys()
	for _, s := range t.Samples {
		i := slices.Index(keys, s.Gate)
		if i < 0 {
			return r, errors.New("a sample of the gate " + strconv.Quote(s.Gate) + ", which the step does not have")
		}
		r.Samples = append(r.Samples, checks.Taken{Gate: i, Sample: s.at(t.Began.At), LeftOut: s.LeftOut})
	}
	if t.Ended != nil && t.Ended.Why == "" {
		r.Ended = t.Began.At.Add(t.Ended.After.D())
	}
	return r, nil
}

// at is the sample as it was judged.
func (s Sample) at(began time.Time) checks.Sample {
	c := checks.Sample{
		Asked: began.Add(s.Asked), Answered: began.Add(s.Answered),
		Finding: s.Finding, Identity: s.Identity, Marks: s.Marks,
	}
	if s.Evidence != nil {
		c.Evidence = began.Add(*s.Evidence)
	}
	return c
}

// sampleOf is a sample as it is kept.
func sampleOf(key string, s checks.Sample, began time.Time) Sample {
	k := Sample{
		Gate: key, Asked: s.Asked.Sub(began), Answered: s.Answered.Sub(began),
		Finding: s.Finding, Identity: s.Identity, Marks: s.Marks,
	}
	if !s.Evidence.IsZero() {
		d := s.Evidence.Sub(began)
		k.Evidence = &d
	}
	return k
}
