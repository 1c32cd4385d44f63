package plan

import (
	"fmt"
	"time"
)

// Ready is a node on which everything is in place for the launch of its script,
// as the step before the launch has left it.
type Ready struct {
	Attempt int      `json:"attempt"` // that the node will know the launch by: it counts those of all runs
	BootID  string   `json:"boot_id"`
	Uptime  Duration `json:"uptime"`          // of the node in that boot, read last
	Adopt   bool     `json:"adopt,omitempty"` // nothing is to be launched: the script runs already, has run, or is not needed
}

// Deadline is the moment after which a launch starts nothing, by the two clocks
// that know it. The node's is its uptime, so that no two machines' clocks are
// compared. The zero Deadline allows no launch.
type Deadline struct {
	BootID string
	Uptime Duration  // of the node in that boot
	By     time.Time // of the controller
}

// Until is the deadline of a launch on a node that was made ready at readyAt, on
// the strength of a look at the cluster that was begun lookedAt, by the
// controller's clock. certain is how much time lies between the two for certain:
// less makes the deadline an earlier one.
func (r Ready) Until(certain time.Duration, lookedAt time.Time) Deadline {
	return Deadline{BootID: r.BootID, Uptime: r.Uptime + Duration(certain+FreshFor), By: lookedAt.Add(FreshFor)}
}

// Over reports whether the deadline lies before the node's boot: the controller's
// wall clock was set back since the node was made ready.
func (d Deadline) Over() bool { return d.Uptime < Duration(time.Second) }

// Unlaunchable says why a task may not launch a script: nothing is launched
// without a node that was made ready, a fresh proof and a deadline. Empty: it may.
func (t Task) Unlaunchable() string {
	switch {
	case t.Ready == nil || t.Ready.Attempt < 1:
		return "the node was not made ready"
	case t.Proof == "":
		return fmt.Sprintf("there is no fresh proof that %s may be taken out", t.Step.Node)
	case t.Until.BootID == "" || t.Until.Uptime == 0 || t.Until.By.IsZero():
		return "the launch has no deadline"
	}
	return ""
}
