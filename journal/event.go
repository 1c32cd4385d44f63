package journal

import (
	"encoding/json"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Kind says what an event is. Journals outlive binaries: kinds are added,
// never renamed.
type Kind string

// The kinds of events.
const (
	RunStarted   Kind = "run-started"   // Plan, Controller, Epoch
	RunResumed   Kind = "run-resumed"   // Controller, Epoch, Finish
	Observed     Kind = "observed"      // Observation: the cluster at one moment
	LaneAdmitted Kind = "lane-admitted" // Stage, Node; Detail is the proof in words
	StepStarted  Kind = "step-started"  // Step, Attempt, Remedy: on disk before the node is touched
	StepNoted    Kind = "step-noted"    // Step, Note: a finding changed, an agent is away
	StepEnded    Kind = "step-ended"    // Step, Report
	Reconciled   Kind = "reconciled"    // Step, Report: how a step in doubt was found to have ended
	Held         Kind = "held"          // Detail: why nothing is admitted
	HoldEnded    Kind = "hold-ended"    //
	LaneParked   Kind = "lane-parked"   // Node, Controller; Detail is why a person leaves it behind; comes between controllers
	LossAccepted Kind = "loss-accepted" // Node, Controller; Detail is why a person accepts what its last report says is lost; comes between controllers
	Paused       Kind = "paused"        // a person asked to admit nothing more
	RunStopped   Kind = "run-stopped"   // Stop
	RunDone      Kind = "run-done"      //
	RunAbandoned Kind = "run-abandoned" // Controller; Detail is why a person ends it unfinished; comes between controllers

	ObligationOpened Kind = "obligation-opened" // Obligation: a temporary change that must be undone
	ObligationClosed Kind = "obligation-closed" // Obligation: only ID and Nodes count; may come after the run's end
	UndoFailed       Kind = "undo-failed"       // Obligation: only ID and Nodes count; Detail: it stays open, and a resume tries again
)

// Event is one line of the journal.
type Event struct {
	Seq         uint64               `json:"seq"`
	At          time.Time            `json:"at"`
	Kind        Kind                 `json:"kind"`
	Run         string               `json:"run,omitempty"`
	Controller  string               `json:"controller,omitempty"`
	Epoch       int                  `json:"epoch,omitempty"`
	Plan        *plan.Plan           `json:"plan,omitempty"`
	Stage       string               `json:"stage,omitempty"`
	Node        inventory.NodeName   `json:"node,omitempty"`
	Step        plan.StepID          `json:"step,omitempty"`
	Attempt     int                  `json:"attempt,omitempty"`
	Remedy      plan.Remedy          `json:"remedy,omitempty"` // of a step that was started: done in place of its script
	Finish      []inventory.NodeName `json:"finish,omitempty"` // of a resume: nodes whose cut swap may be finished, by the operator's approval
	Detail      string               `json:"detail,omitempty"`
	Note        *plan.Note           `json:"note,omitempty"`
	Report      *plan.Report         `json:"report,omitempty"`
	Observation *plan.Observation    `json:"observation,omitempty"`
	Asked       uint64               `json:"asked,omitempty"`   // seq at which the observation was begun: older than a change, it proves nothing
	AskedAt     time.Time            `json:"asked_at,omitzero"` // when that was: its age counts from here
	Stop        *Stop                `json:"stop,omitempty"`
	Obligation  *Obligation          `json:"obligation,omitempty"`
}

// Obligation is a temporary change of ours, with what is needed to undo it.
// What we did not do is never undone.
type Obligation struct {
	ID    plan.Obligation      `json:"id"`              // unique among the open ones of a run
	What  string               `json:"what,omitempty"`  // in words, for people
	Nodes []inventory.NodeName `json:"nodes,omitempty"` // where; in obligation-closed: where no longer, all when empty
	Prior string               `json:"prior,omitempty"` // what was there before
	Undo  string               `json:"undo,omitempty"`  // how it is undone

	Undoable bool                                   `json:"undoable,omitempty"` // the engine has it undone
	Was      map[inventory.NodeName]json.RawMessage `json:"-"`                  // by node, the baseline that its lane had: for the engine, which folds it again
}

// Owe makes an obligation on nodes.
func Owe(kind plan.Obligation, nodes ...inventory.NodeName) Obligation {
	spec := kind.Spec()
	return Obligation{ID: kind, What: spec.What, Nodes: nodes, Prior: spec.Prior, Undo: spec.Undo.String(), Undoable: spec.Undoable}
}

// StopReason says why a run ended before its end.
type StopReason string

// The reasons of a stop.
const (
	StopFailed      StopReason = "failed"      // a lane failed beyond the budget
	StopInDoubt     StopReason = "in-doubt"    // nobody knows how a step ended
	StopHeld        StopReason = "held"        // a HOLD lasted longer than the policy allows
	StopInvariant   StopReason = "invariant"   // going on would break a safety rule
	StopInterrupted StopReason = "interrupted" // a person asked
	StopTakenOver   StopReason = "taken-over"  // another controller has the run, or broke its lock: this one may change nothing
)

// Stop is where and why a run stopped.
type Stop struct {
	Reason StopReason         `json:"reason"`
	Step   plan.StepID        `json:"step,omitempty"`
	Node   inventory.NodeName `json:"node,omitempty"`
	Detail string             `json:"detail"`
}
