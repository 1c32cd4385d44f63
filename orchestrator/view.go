package orchestrator

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// View is what a run comes to for whoever looks at it: the one projection of State
// for status, the text of a stop, a report or a screen. It is data; render writes it.
type View struct {
	Now        time.Time // the moment that it is for
	Run        string
	Word       string // the state in a word: State.Word, or ControllerGone by who can see that
	Controller string
	At         time.Time    // of the newest event
	Plan       *plan.Plan   // nil: the run has not begun, and what follows is empty
	Ended      journal.Kind // empty: it has not
	Abandoned  string       // why a person ended it

	// How far it is.
	Masters, Agents Tally
	Staging         bool // it only puts packages on nodes,
	Staged, ToStage int  // on so many of so many
	Stage           string
	Flight          []Flight // steps under way
	Hold            string   // why nothing is admitted; empty: something may be
	HoldSince       time.Time
	Remaining       time.Duration // by the plan's estimates

	// How the cluster is.
	Seen   *plan.Observation // the last look; nil: there was none
	SeenAt time.Time
	Out    Outage

	// How it stopped.
	Stop       *journal.Stop // nil: it did not
	Stopped    *Failure      // the lane at which it stopped; nil: it stopped at none
	Failures   []Failure     // that of the stop first, without those that a person left behind
	Gate       string        // the first that did not hold there
	ClusterRed string        // see State.ClusterRed
	Doubtful   bool          // it is not known how a step ended

	// What it leaves.
	Left       []LeftNode           // behind, or to be tried again
	Doubt      []inventory.NodeName // whose last step ended nobody knows how
	Unverified []inventory.NodeName // patched and not verified; those of Doubt are not among them
	Accepted   []Acceptance         // losses
	Owed       []journal.Obligation
	Kept       bool // it keeps its lock
	TakenOver  bool // by another controller
	Safety     Safety
	Onward     []Onward // what leads on, of a run that ended or lost its controller

	// What a resume begins with.
	First inventory.NodeName   // the master that is verified again; empty: none is
	Looks []plan.Step          // how they ended is looked at
	Cut   []inventory.NodeName // whose swap was cut: it may be finished, see State.Finishable
}

// Flight is a step under way.
type Flight struct {
	Work
	Waits *dcos.Finding // the gate that it waits for; nil: none
}

// Outage is what is out of service.
type Outage struct {
	Ours    []inventory.NodeName // because of this run
	Width   int                  // so many may be; 0: the stage takes none out
	Agents  []inventory.NodeName // of the plan, ours among them, as seen last
	Foreign int                  // agents that the plan has not
	Max     int
}

// Failure is a step that ended badly.
type Failure struct {
	Step     plan.Step
	Report   *plan.Report // nil: there is none
	Mutates  bool         // the step that its lane stands at changes the node
	Script   *StepState   // how the last step that may have changed the node ended; nil: none was begun
	Baseline json.RawMessage
}

// LeftNode is a node whose lane ended without a verification.
type LeftNode struct {
	Node     inventory.NodeName
	Why      string
	ByPerson bool // a person left it behind
}

// View is what the run comes to at a moment.
func (s State) View(now time.Time) View {
	v := View{
		Now: now, Run: s.Run, Word: s.Word(), Controller: s.Controller, At: s.At, Plan: s.Plan, Ended: s.Ended, Stop: s.Stop,
		Owed: s.Obligations(), Accepted: s.Accepted, Safety: s.LeaveAt(now), TakenOver: s.TakenOver(), Doubtful: s.DoubtfulEnd(),
	}
	if s.Plan == nil {
		return v
	}
	v.Abandoned, v.Kept, v.Onward = s.Abandoned, s.Kept(), s.Onward()
	v.Masters, v.Agents = s.Tallies()
	v.Staging = s.Plan.StagesOnly()
	v.Staged, v.ToStage = s.staged()
	v.Hold, v.HoldSince, v.Remaining = s.HoldsFor(), s.HeldSince, s.Remaining()
	v.Seen, v.SeenAt, v.Out = s.Seen, s.SeenAt, s.outage()
	v.First, v.Looks, v.Cut = s.Master, s.Owed(), s.Finishable()
	if st := s.CurrentStage(); st != nil {
		v.Stage = st.ID
	}
	for _, w := range s.Working() {
		v.Flight = append(v.Flight, Flight{w, s.waitsFor(w.Step)})
	}
	for _, st := range s.Failures() {
		v.Failures = append(v.Failures, s.failure(st))
	}
	if s.Stop != nil {
		v.Gate, v.ClusterRed = s.lateGate(), s.ClusterRed()
		if _, l := s.LaneOf(s.Stop.Step); l != nil {
			f := s.failure(plan.Step{ID: s.Stop.Step, Node: s.Stop.Node})
			v.Stopped = &f
		}
	}
	for _, n := range s.Skipped() {
		v.Left = append(v.Left, LeftNode{n, s.WhyLeft(n), s.LeftBehind(n) != ""})
	}
	v.Doubt = s.InDoubt()
	v.Unverified = s.unverifiedBut(v.Doubt)
	return v
}

// unverifiedBut are the unverified nodes without some, in the plan's order of nodes.
func (s State) unverifiedBut(these []inventory.NodeName) []inventory.NodeName {
	fit := map[inventory.NodeName]bool{}
	for _, n := range s.nodes(laneAt.unverified) {
		fit[n] = true
	}
	for _, n := range these {
		delete(fit, n)
	}
	var names []inventory.NodeName
	for _, n := range s.Plan.Nodes {
		if fit[n.Name] {
			names = append(names, n.Name)
		}
	}
	return names
}

// WithoutController is the view of a run that has not ended and that nobody runs any
// more: its journal does not say so.
func (v View) WithoutController() View {
	v.Word, v.Onward = ControllerGone, []Onward{give("resume", "--run", v.Run)}
	return v
}

// Owes reports whether an obligation is open.
func (v View) Owes(kind plan.Obligation) bool {
	return slices.ContainsFunc(v.Owed, func(o journal.Obligation) bool { return o.ID == kind })
}

// staged counts the nodes that hold the packages.
func (s State) staged() (hold, all int) {
	for l := range s.each() {
		if l.kind != plan.StageAhead {
			continue
		}
		if all++; l.Phase == Verified {
			hold++
		}
	}
	return hold, all
}

// waitsFor is the gate that a step under way waits for.
func (s State) waitsFor(st plan.Step) *dcos.Finding {
	for _, n := range s.Findings[st.ID] {
		if f := n.Finding; f != nil && (!f.Status.OK() || f.Have < f.Need) {
			return f
		}
	}
	return nil
}

// outage is what is out of service.
func (s State) outage() Outage {
	o := Outage{Max: s.Plan.MaxOut}
	if st := s.CurrentStage(); st != nil && disruptive(st.Kind) {
		o.Width = st.Width
		for _, i := range s.Flight {
			o.Ours = append(o.Ours, st.Lanes[i].Node)
		}
	}
	if s.Seen == nil {
		return o
	}
	for _, n := range s.Plan.Nodes {
		if n.Role.IsAgent() && (slices.Contains(o.Ours, n.Name) || slices.Contains(s.Seen.Out, n.Name)) {
			o.Agents = append(o.Agents, n.Name)
		}
	}
	for _, u := range s.Seen.Unknown {
		if !u.Active {
			o.Foreign++
		}
	}
	return o
}

func (s State) failure(st plan.Step) Failure {
	f := Failure{Step: st}
	lane, l := s.LaneOf(st.ID)
	if l == nil {
		return f
	}
	f.Report, f.Mutates, f.Baseline = l.Report, lane.Steps[l.Step].Action.Mutates(), l.Baseline
	if ran, ok := l.LastRan(); ok {
		f.Script = &ran
	}
	return f
}
