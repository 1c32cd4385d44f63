package checks

import (
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Answer is what one question of a gate found: a Sample without its
// times.
type Answer struct {
	Finding  dcos.Finding
	Identity string            // see Sample
	Marks    map[string]string // see Sample
	Evidence time.Time         // when the oldest part was asked of the node; zero: with the question
	Red      []string          // units that are red, which a known issue may explain
	Cheap    bool              // only the process was asked for, and was still the old one: the same may be asked soon
}
