package orchestrator

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// State is all that the engine knows: the fold of the events so far. Next
// consumes the State it is given; Clone keeps one.
type State struct {
	Plan       *plan.Plan
	Run        string
	Controller string
	Epoch      int
	Seq        uint64
	At         time.Time // of the last event

	Stage   int                           // index into Plan.Stages of the stage at work; len(Plan.Stages) when all have ended
	Lanes   [][]Lane                      // by stage and lane, as in the plan
	index   map[inventory.NodeName]places // of the plan's nodes; never changed
	pending []int                         // lanes of the stage at work that were not admitted, in the plan's order
	Flight  []int                         // lanes of the stage at work that were admitted and have not ended

	ticket    *plan.Observation // what lanes may be admitted on; nil when nothing fresh is known
	ticketAt  time.Time         // when it was asked for
	disturbed uint64            // seq of the last event after which older observations prove nothing

	HeldSince time.Time                   // zero: not held
	HeldWhy   string                      //
	away      map[plan.StepID]string      // steps under way that ask to admit nothing, and why
	Findings  map[plan.StepID][]plan.Note // last note of each check of a step under way

	Abandoned string               // why a person ended the run unfinished
	Finish    []inventory.NodeName // nodes whose cut swap this controller may finish, each once
	Accepted  []Acceptance         // losses that a person has accepted, in their order

	Paused bool
	Stop   *journal.Stop     // set as soon as the line must stop; lanes in flight still finish
	Ended  journal.Kind      // RunDone, RunStopped or RunAbandoned, once recorded
	Seen   *plan.Observation // the newest of the cluster, for people: it admits nothing
	SeenAt time.Time         // when that was
	Look   *plan.Observation // of the cluster as a stopped run was left; nil: nobody has looked since
	LookAt time.Time         // when that was

	refused uint64               // the last event that could not follow the state
	ledger  []journal.Obligation // open ones, in the order of their opening; changed in place by appending nodes only
	stuck   map[owedAt]string    // what this controller could not undo, and why; never changed in place
	Master  inventory.NodeName   // last master that was touched; verifies again first on resume
}

// Phase is where a lane is on its way. The zero Phase is Pending.
type Phase uint8

// The phases of a lane.
const (
	Pending  Phase = iota
	Admitted       // has a place in the window
	Verified       // every step is done
	Parked         // failed before anything was stopped on the node; left behind
	Broken         // failed otherwise, or in doubt
)

var phaseNames = [...]string{"pending", "in flight", "verified", "parked", "failed"}

func (p Phase) String() string { return phaseNames[p] }

// Progress is where the step at work of a lane is.
type Progress uint8

// The progress of a step.
const (
	Idle    Progress = iota // to be started
	Started                 // recorded as started, end not recorded
	Doubt                   // started by an earlier controller, or failed before a resume: look first
)

// Lane is the state of one lane.
type Lane struct {
	Phase       Phase
	Step        int // index of the step at work
	Progress    Progress
	States      []StepState     // of the steps that may change the node, as far as there is anything to say; never changed in place
	Remedy      plan.Remedy     // to be done, or under way, in place of the script
	Remedied    bool            // a remedy was started
	Baseline    json.RawMessage // reported by ActionBaseline; by ActionPreflight, of masters that have something deferred
	Deactivated bool            // its baseline says that somebody had deactivated the agent
	Ready       *plan.Ready     // reported by ActionBaseline: what the launch needs
	ReadyAt     time.Time       // of that report; the node's uptime was read before
	Report      *plan.Report    // of the step that ended last
	ParkReason  string          // why a person left the node behind; empty: nobody did
	Since       time.Time       // when the step at work was started, or the lane ended
	Began       time.Time       // when the lane was admitted
}

// Refused reports whether the last event could not follow the state: what it
// tells of is not to be done.
func (s State) Refused() bool { return s.refused == s.Seq && s.Seq > 0 }

// New is the State before the first event.
func New() State {
	return State{away: map[plan.StepID]string{}, Findings: map[plan.StepID][]plan.Note{}}
}

// Clone copies a State so that Next may consume one of the two.
func (s State) Clone() State {
	c := s
	c.Lanes = make([][]Lane, len(s.Lanes))
	for i := range s.Lanes {
		c.Lanes[i] = slices.Clone(s.Lanes[i])
	}
	c.ledger = slices.Clone(s.ledger)
	for i := range c.ledger {
		c.ledger[i].Nodes = slices.Clip(c.ledger[i].Nodes) // neither appends where the other does
	}
	c.pending, c.Flight, c.Finish = slices.Clone(s.pending), slices.Clone(s.Flight), slices.Clone(s.Finish)
	c.Accepted = slices.Clone(s.Accepted)
	c.away = make(map[plan.StepID]string, len(s.away))
	for k, v := range s.away {
		c.away[k] = v
	}
	c.Findings = make(map[plan.StepID][]plan.Note, len(s.Findings))
	for k, v := range s.Findings {
		c.Findings[k] = slices.Clone(v)
	}
	return c
}

// CurrentStage is the stage at work, or nil when all have ended.
func (s State) CurrentStage() *plan.Stage {
	if s.Plan == nil || s.Stage >= len(s.Plan.Stages) {
		return nil
	}
	return &s.Plan.Stages[s.Stage]
}

// node finds a node of the plan.
func (s State) node(name inventory.NodeName) plan.Node {
	if at, ok := s.index[name]; ok {
		return s.Plan.Nodes[at.node]
	}
	return plan.Node{}
}

// step is the step at work of a lane of the stage at work.
func (s State) step(lane int) plan.Step {
	return s.Plan.Stages[s.Stage].Lanes[lane].Steps[s.Lanes[s.Stage][lane].Step]
}

// find gives the lane of the stage at work whose step at work has this id.
func (s State) find(id plan.StepID) (int, bool) {
	if s.CurrentStage() == nil {
		return 0, false
	}
	for _, i := range s.Flight {
		if s.step(i).ID == id {
			return i, true
		}
	}
	return 0, false
}

// Count tells how many lanes of all disruptive stages are in a phase.
func (s State) Count(p Phase) int {
	return len(s.nodes(func(l laneAt) bool { return l.disrupts() && l.Phase == p }))
}

// Skipped names the nodes that were left behind, parked or failed within the
// budget, in the plan's order.
func (s State) Skipped() []inventory.NodeName {
	if s.Plan == nil {
		return nil
	}
	var names []inventory.NodeName
	phase := s.phases()
	for _, n := range s.Plan.Nodes {
		if ph := phase[n.Name]; ph == Parked || ph == Broken {
			names = append(names, n.Name)
		}
	}
	return names
}

// Deactivated names the agents that somebody had deactivated before their lanes
// began.
func (s State) Deactivated() []inventory.NodeName {
	return s.nodes(func(l laneAt) bool { return l.Deactivated })
}

// UnverifiedAgents names the agents that are not as they were because of us: where a master
// is verified once more, nobody can demand that they be back.
func (s State) UnverifiedAgents() []inventory.NodeName {
	return s.nodes(func(l laneAt) bool {
		return l.disrupts() && s.node(l.node).Role.IsAgent() && l.Phase != Pending && l.Phase != Verified
	})
}

// Owed reports whether a step may have changed a node and has no known end.
func (s State) Owed() []plan.Step {
	var steps []plan.Step
	if s.CurrentStage() == nil {
		return nil
	}
	for _, i := range s.Flight {
		if l := s.Lanes[s.Stage][i]; l.Progress != Idle && s.step(i).Action.Mutates() {
			steps = append(steps, s.step(i))
		}
	}
	return steps
}

// Unfinished reports whether a stage of the plan, by its place, has lanes that
// are not verified.
func (s State) Unfinished(stage int) bool {
	return slices.ContainsFunc(s.Lanes[stage], func(l Lane) bool { return l.Phase != Verified })
}

// preflight is what the run's preflight has reported of masters, before any of
// them was touched.
func (s State) preflight() json.RawMessage {
	for i, st := range s.Plan.Stages {
		if st.Kind == plan.StagePreflight {
			return s.Lanes[i][0].Baseline
		}
	}
	return nil
}

func disruptive(k plan.StageKind) bool {
	return k == plan.StageMasters || k == plan.StageCanary || k == plan.StageGroup
}

// Begun reports whether any node may have been touched: whether a run that
// stopped here owes anything.
func (s State) Begun() bool { return s.any(laneAt.touched) }

// Work is a step under way.
type Work struct {
	Step  plan.Step
	Since time.Time
}

// Working lists the steps under way, in the order of admission.
func (s State) Working() []Work {
	if s.CurrentStage() == nil {
		return nil
	}
	var out []Work
	for _, i := range s.Flight {
		if l := s.Lanes[s.Stage][i]; l.Progress != Idle {
			out = append(out, Work{Step: s.step(i), Since: l.Since})
		}
	}
	return out
}
