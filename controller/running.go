package controller

import (
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/patcher"
	"github.com/dcos-patch/dcos-patch/plan"
)

// running is one run under way on this controller.
type running struct {
	*Cluster
	runs   Runs
	run    string
	lock   *patcher.Lock
	plan   *plan.Plan
	script []byte
	file   *journal.File
}

// pollScript is the pause between two looks at a running script.
const pollScript = 2 * time.Second

// leastPause keeps rehearsals from asking without a breath.
const leastPause = 100 * time.Millisecond

// scaled shortens a pause for rehearsals.
func scaled(d time.Duration, scale float64) time.Duration {
	return max(plan.Spacing(scale, d), min(d, leastPause))
}

// releaseWithin bounds the giving back of the lock: a sudo may take tens of seconds.
const releaseWithin = 2 * time.Minute
