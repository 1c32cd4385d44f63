package checks

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Sample is one answer of one gate, with the times that bound it. All times
// are of the controller's clock.
type Sample struct {
	Asked    time.Time    `json:"asked"`              // before anything was sent
	Answered time.Time    `json:"answered"`           // when the answer was complete
	Evidence time.Time    `json:"evidence,omitzero"`  // when its oldest part was asked of the node; zero: at Asked
	Finding  dcos.Finding `json:"finding"`            //
	Identity string       `json:"identity,omitempty"` // of the process that answered: another one starts the streak again

	// Marks are values that a living thing keeps changing, by name: each must
	// have shown two values within the streak.
	Marks map[string]string `json:"marks,omitempty"`

	// Cheap says that the question cost the node next to nothing.
	Cheap bool `json:"-"`
}

// stale says why the sample cannot count for a step begun at since; empty when
// it can.
func (s Sample) stale(since time.Time) string {
	switch {
	case s.Asked.IsZero() || s.Answered.IsZero():
		return "the answer carries no time"
	case s.Asked.Before(since):
		return "it was asked before the step began"
	case s.Answered.Before(s.Asked):
		return "the answer is older than the question"
	case !s.Evidence.IsZero() && s.Evidence.Before(s.Asked):
		return "the answer rests on a reading made before it was asked"
	}
	return ""
}
