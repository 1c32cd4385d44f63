package plan

import "time"

// Action is what a step does.
type Action string

// The actions; Spec says what each is.
const (
	ActionPreflight  Action = "preflight"    // the cluster gate, and that nothing has moved since the plan
	ActionStage      Action = "stage"        // put script and runner on the node, fetch packages
	ActionBaseline   Action = "baseline"     // make the node ready for the launch, and record what the verification will compare with
	ActionPatch      Action = "patch"        // launch the script, and nothing else before, and watch it
	ActionReturn     Action = "return"       // the node came back as itself: quarantined half of verification
	ActionServe      Action = "serve"        // the node serves: the other half
	ActionProbe      Action = "launch-probe" // a tiny task is started on the agent and ends there
	ActionDeferred   Action = "deferred"     // what masters were allowed to be red in, once all of them are done
	ActionSettle     Action = "settle"       // the cluster gate stays green for a while
	ActionBake       Action = "bake"         // a longer settle, after a canary
	ActionPostflight Action = "postflight"   // every node once more
)

// Reconciliation is how an action is taken up again whose end was not seen.
type Reconciliation uint8

// The reconciliations.
const (
	UnknownHow Reconciliation = iota // of an action of another version: it stays in doubt
	DoAgain                          // doing it twice is harmless
	ByReceipt                        // the node's receipts and active packages tell
)

// ActionSpec is all that is known of an action besides how it is done, which is
// package patcher's.
type ActionSpec struct {
	Action    Action
	Reconcile Reconciliation
	Remedy    Remedy     // what may be done in place of it, on the operator's approval, once it has failed
	Disrupts  bool       // takes its node out of service: begun on a proof of its own, and on what the baseline made ready
	Verifies  bool       // repeated for the last touched master on resume
	Baseline  bool       // its evidence is what the lane's later steps compare with
	Waits     bool       // until the cluster has been green for the step's span
	Owes      Obligation // opened as it starts, on its node

	Timeout time.Duration // where neither gates nor the policy give one

	// Estimate is how long it takes where nothing goes wrong, besides its span: a
	// guess from experience, and no timeout is made from it. OnMaster and Staged are
	// those of a stage of masters, and of a node that holds every package.
	Estimate, OnMaster, Staged time.Duration

	Begins string // in words, as it starts; empty: nothing is said but of a further attempt
	Ends   string // in words, once it is done; empty: nothing is said
}

// actions is the table.
var actions = [...]ActionSpec{
	{Action: ActionPreflight, Reconcile: DoAgain, Baseline: true, Timeout: 10 * time.Minute, Estimate: 3 * time.Minute, Begins: "preflight started", Ends: "preflight done"},
	{Action: ActionStage, Reconcile: DoAgain, Owes: OwesFiles, Timeout: 60 * time.Minute, Estimate: 4 * time.Minute, Staged: 10 * time.Second, Ends: "holds the packages"},
	// A leader waits for agents for 10 minutes after its election.
	{Action: ActionBaseline, Reconcile: DoAgain, Baseline: true, Owes: OwesFiles, Timeout: 12 * time.Minute, Estimate: 15 * time.Second},
	{Action: ActionPatch, Reconcile: ByReceipt, Disrupts: true, Remedy: FinishSwap, Owes: OwesFiles, Estimate: 4 * time.Minute,
		Begins: "patch started: from here on, forward only", Ends: "patch done"},
	{Action: ActionReturn, Reconcile: DoAgain, Verifies: true, Estimate: 30 * time.Second},
	{Action: ActionServe, Reconcile: DoAgain, Verifies: true, Estimate: 75 * time.Second, OnMaster: 4 * time.Minute, Ends: "verified"},
	{Action: ActionProbe, Reconcile: DoAgain, Verifies: true, Owes: OwesProbe, Timeout: 5 * time.Minute, Estimate: 10 * time.Second,
		Begins: "launch-probe started: a tiny task, started on it and seen to end", Ends: "launch-probe done"},
	{Action: ActionDeferred, Reconcile: DoAgain, Estimate: 75 * time.Second,
		Begins: "deferred started: units and checks of the masters, with nothing expected red any more", Ends: "deferred done"},
	{Action: ActionSettle, Reconcile: DoAgain, Waits: true, Begins: "settle started", Ends: "settle done"},
	{Action: ActionBake, Reconcile: DoAgain, Waits: true, Begins: "bake started", Ends: "bake done"},
	{Action: ActionPostflight, Reconcile: DoAgain, Timeout: 15 * time.Minute, Estimate: 4 * time.Minute, Begins: "postflight started", Ends: "postflight done"},
}

// Spec is the action's row of the table. Of an action of another version nothing
// is known: it is never simply done again.
func (a Action) Spec() ActionSpec {
	for i := range actions {
		if actions[i].Action == a {
			return actions[i]
		}
	}
	return ActionSpec{Action: a, Begins: string(a) + " started", Ends: string(a) + " done"}
}

// Mutates reports whether the action may change a node, so that doing it again
// needs evidence about the first time.
func (a Action) Mutates() bool { return a.Spec().Reconcile != DoAgain }

// Verifies reports whether the action is one of verification, repeated for
// the last touched master on resume.
func (a Action) Verifies() bool { return a.Spec().Verifies }
