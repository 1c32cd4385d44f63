package orchestrator

import (
	"context"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Actor carries out steps on nodes. Its methods are called from several
// goroutines, for different nodes. A cancelled context means "stop watching":
// the answer is then plan.InDoubt unless the end was seen.
type Actor interface {
	// Do performs the task, or adopts it if it is already running on the node.
	Do(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report
	// Reconcile finds out how a task in doubt has ended. It looks, and starts nothing:
	// before it says NotRun, the task can begin no more.
	Reconcile(ctx context.Context, t plan.Task) plan.Report
	// Undo takes a temporary change back, if it is there. Done means that it is proved
	// to be gone; what nobody has done is undone.
	Undo(ctx context.Context, u plan.Undoing) plan.Report
}

// Observer reads the cluster's own evidence. One call is in flight at a time.
type Observer interface {
	Observe(ctx context.Context, ask plan.Ask) plan.Observation
}

// Recorder makes an event durable before it returns; an error means that the
// event did not happen, and nothing may be done on its strength.
type Recorder interface {
	Record(journal.Event) error
}
