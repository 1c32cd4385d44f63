package pack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/dcos-patch/dcos-patch/flight"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// What of the controller's own files is kept, in bytes.
const (
	planMost    = 2 << 20
	eventsFirst = 256 << 10 // of the journal's beginning
	eventsLast  = 1 << 20   // and of its end
	samplesMost = 512 << 10 // of one step
	samplesAll  = 2 << 20
)

// PlanOf is the plan; of one that is too long, what concerns the node.
func PlanOf(p *plan.Plan, name inventory.NodeName) Entry {
	e := Entry{Name: "plan.json"}
	body, err := plan.Marshal(p)
	if err == nil && len(body) > planMost {
		e.Lack = "lanes of other nodes: the plan is too long"
		body, err = plan.Marshal(narrowed(p, name))
	}
	switch {
	case err != nil:
		e.Lack = err.Error()
	case len(body) > planMost:
		e.Lack = "the plan is too long"
	default:
		e.Body = body
	}
	return e
}

func narrowed(p *plan.Plan, name inventory.NodeName) *plan.Plan {
	less := *p
	less.Stages = slices.Clone(p.Stages)
	for i := range less.Stages {
		less.Stages[i].Lanes = slices.DeleteFunc(slices.Clone(less.Stages[i].Lanes), func(l plan.Lane) bool { return l.Node != name })
	}
	return &less
}

// Events are those of a journal that concern the node, and the frame of the
// run: a line of JSON each, as in the journal but without its checksums. The
// plan is left out of them, and so are all looks at the cluster but the last
// and those on which the node was admitted.
func Events(path string, p *plan.Plan, name inventory.NodeName) Entry {
	e := Entry{Name: "events.jsonl"}
	of := nodesOf(p)
	var kept ends
	var look *journal.Event // the newest, if it is not kept yet
	add := func(ev journal.Event) {
		line, err := json.Marshal(ev)
		if err != nil {
			e.Lack = err.Error()
			return
		}
		kept.add(append(journal.Escape(line), '\n'))
	}
	err := journal.ReadEach(path, func(ev journal.Event) {
		ev.Plan = nil
		switch admitted := ev.Kind == journal.LaneAdmitted && ev.Node == name; {
		case ev.Kind == journal.Observed:
			look = &ev
			return
		case admitted && look != nil:
			add(*look)
			look = nil
		}
		if concerns(ev, of, name) {
			add(ev)
		}
	})
	if look != nil {
		add(*look)
	}
	switch {
	case err != nil:
		e.Lack = err.Error()
	case kept.left > 0:
		e.Lack = fmt.Sprintf("%d events in its middle", kept.left)
	}
	e.Body = kept.text()
	return e
}

// concerns reports whether an event is about the node, or about none.
func concerns(ev journal.Event, of map[plan.StepID]inventory.NodeName, name inventory.NodeName) bool {
	switch {
	case ev.Step != "":
		return of[ev.Step] == name || of[ev.Step] == "" && ev.Kind != journal.StepNoted
	case ev.Kind == journal.LaneAdmitted:
		return ev.Node == name
	}
	return true
}

func nodesOf(p *plan.Plan) map[plan.StepID]inventory.NodeName {
	of := map[plan.StepID]inventory.NodeName{}
	for _, st := range p.Stages {
		for _, ln := range st.Lanes {
			for _, s := range ln.Steps {
				of[s.ID] = s.Node
			}
		}
	}
	return of
}

// ends keeps the first and the last lines that were added to it.
type ends struct {
	first     []byte
	last      [][]byte
	lastBytes int
	left      int // lines between the two that were let go
}

func (k *ends) add(line []byte) {
	if len(k.last) == 0 && k.left == 0 && len(k.first)+len(line) <= eventsFirst {
		k.first = append(k.first, line...)
		return
	}
	k.last, k.lastBytes = append(k.last, line), k.lastBytes+len(line)
	for k.lastBytes > eventsLast {
		k.lastBytes -= len(k.last[0])
		k.last, k.left = k.last[1:], k.left+1
	}
}

func (k *ends) text() []byte { return slices.Concat(k.first, slices.Concat(k.last...)) }

// Samples are the flight recorder's files about the node, the steps that came
// last first; stopped comes before all others.
func Samples(dir string, p *plan.Plan, name inventory.NodeName, stopped plan.StepID) []Entry {
	var steps []plan.StepID
	for _, st := range p.Stages {
		for _, ln := range st.Lanes {
			for _, s := range ln.Steps {
				if s.Node == name && s.ID != stopped {
					steps = append(steps, s.ID)
				}
			}
		}
	}
	slices.Reverse(steps)
	var found []Entry
	left := samplesAll
	for _, id := range slices.Concat([]plan.StepID{stopped}, steps) {
		file := flight.Name(string(id))
		e := Entry{Name: "samples/" + file}
		var err error
		switch e.Body, err = flight.Brief(filepath.Join(dir, file), samplesMost); {
		case errors.Is(err, fs.ErrNotExist):
			continue // its gates were not asked
		case err != nil:
			e.Lack = err.Error()
		case len(e.Body) > left:
			e.Body, e.Lack = nil, "there were too many"
		}
		left -= len(e.Body)
		found = append(found, e)
	}
	return found
}
