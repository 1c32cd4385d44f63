package render

import (
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// The exit codes that runs end with; they are part of the interface (see
// dcos-patch help exit-codes).
const (
	ExitDone        = 0
	ExitInternal    = 1
	ExitStopped     = 4   // a lane failed, or a hold lasted too long
	ExitInDoubt     = 5   // it is not known how a step ended, also after an interrupt
	ExitParked      = 6   // done, but nodes were left behind
	ExitInterrupted = 130 // and no script can still run
)

// Exit is the exit code of a run that has ended.
func Exit(v orchestrator.View) int {
	switch {
	case v.Ended == journal.RunDone && v.Owes(plan.OwesLock): // the next run would be refused
		return ExitStopped
	case v.Ended == journal.RunDone && len(v.Left) > 0:
		return ExitParked
	case v.Ended == journal.RunDone:
		return ExitDone
	case v.Stop == nil:
		return ExitInternal
	case v.Doubtful: // a script may still run
		return ExitInDoubt
	case v.Stop.Reason == journal.StopInterrupted:
		return ExitInterrupted
	default:
		return ExitStopped
	}
}
