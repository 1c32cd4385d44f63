package plan

import (
	"encoding/json"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// Outcome is how a step ended. The zero Outcome is InDoubt, and a step in
// doubt stops the line. Failed is what the node said; a lost connection is
// InDoubt.
type Outcome uint8

// The outcomes. NotRun and Running are answers of a reconciliation only.
const (
	InDoubt Outcome = iota
	Failed
	Done
	NotRun  // proved: the step never began on the node
	Running // the step still runs on the node; doing it again adopts it
)

var outcomeNames = [...]string{"in-doubt", "failed", "done", "not-run", "running"}

func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return outcomeNames[0]
}

// MarshalText writes the outcome's name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the outcome's name; an unknown name is InDoubt.
func (o *Outcome) UnmarshalText(b []byte) error {
	*o = InDoubt
	for i, n := range outcomeNames {
		if n == string(b) {
			*o = Outcome(i)
		}
	}
	return nil
}

// Class says in what state a failed patch left the node, by evidence from the
// node (never by exit code alone).
type Class string

// The classes of a failed patch.
const (
	ClassNone   Class = ""
	BeforeSwap  Class = "before-swap"  // nothing stopped, version unchanged: may run again
	MidSwap     Class = "mid-swap"     // services stopped, files moved: FinishSwap, or a human
	NotStarted  Class = "not-started"  // active is the target, services were not started: daemon-reload and start dcos.target
	NotVerified Class = "not-verified" // applied, but a gate did not pass in time
)

// Remedy is what is done about a failed patch in place of its script, on the
// operator's approval.
type Remedy string

// The remedies.
const (
	RemedyNone Remedy = ""
	FinishSwap Remedy = "finish-swap" // of the class MidSwap: the node program finishes the swap forward
)

// Task is a step with all that is needed to do it.
type Task struct {
	Plan         *Plan
	Run          string
	Epoch        int
	Step         Step
	Attempt      int                              // 1 for the first
	Remedy       Remedy                           // done in place of the step's script
	ExemptAgents []inventory.NodeName             // agents that are not verified in this run: no postflight expects them at the target, no master's verification at the leader
	Deactivated  []inventory.NodeName             // agents that were deactivated before their lanes began: they may stay so
	Accepted     map[inventory.NodeName]dcos.Loss // losses of agents that a person has accepted: no verification demands them
	Baseline     json.RawMessage                  // what ActionBaseline of the same lane reported
	Proof        string                           // that the node may be taken out, for a person; of a launch only
	Ready        *Ready                           // as ActionBaseline of the same lane has left the node; of a launch only
	Until        Deadline                         // of a launch: afterwards its proof is too old; of a remedy By alone
	Adopt        bool                             // nothing is to be launched: what runs on the node, or has run, is watched to its end
}

// Node is the node of the task's step as the plan has it; zero: it has none.
func (t Task) Node() Node {
	n, _ := t.Plan.Node(t.Step.Node)
	return n
}

// Report is how a task went.
type Report struct {
	Outcome     Outcome         `json:"outcome"`
	Class       Class           `json:"class,omitempty"`
	Detail      string          `json:"detail,omitempty"` // one line for a person
	Findings    []dcos.Finding  `json:"findings,omitempty"`
	Silent      *Silence        `json:"silent,omitempty"`      // not nil: the node could not be reached as the step ended
	Evidence    json.RawMessage `json:"evidence,omitempty"`    // a baseline, a receipt: read back by later tasks
	Deactivated bool            `json:"deactivated,omitempty"` // of a baseline: the agent was deactivated at the leader
	Ready       *Ready          `json:"ready,omitempty"`       // of a baseline: what the launch needs
	Undone      bool            `json:"undone,omitempty"`      // of a launch probe: its framework is proved to be gone
}

// Note is news from a task under way.
type Note struct {
	Detail  string        `json:"detail,omitempty"`
	Finding *dcos.Finding `json:"finding,omitempty"` // changed since the last note of this check
	Hold    bool          `json:"hold,omitempty"`    // admit nothing while this is the task's last note with a Detail
}

// Ask is a question about the whole cluster. The zero Ask is of no stage, as before there
// is a plan.
type Ask struct {
	Stage string // whose next lane, or the step by its id
	Kind  StageKind
	Group string // of the stage
	Load  bool   // count the tasks of agents, too
}

// Ask is the question before the stage's next lane.
func (s Stage) Ask() Ask { return Ask{Stage: s.ID, Kind: s.Kind, Group: s.Group} }

// Ask is the question of one of the plan's steps: that of its stage, under its own id.
func (p *Plan) Ask(step StepID) Ask {
	id, _, _ := strings.Cut(string(step), "/")
	var ask Ask
	for _, s := range p.Stages {
		if s.ID == id {
			ask = s.Ask()
		}
	}
	ask.Stage = string(step)
	return ask
}

// Observation is the cluster's own evidence at one moment. It is an admission
// ticket: what is unknown in it admits nothing.
type Observation struct {
	Green    bool                       `json:"green"`              // the cluster gate: leader works, every expected master serves, ranges replicated
	Findings []dcos.Finding             `json:"findings,omitempty"` // why, or why not
	Out      []inventory.NodeName       `json:"out,omitempty"`      // agents out of service at the leader, for any reason; excluded ones not listed
	Agents   []AgentState               `json:"agents,omitempty"`   // those of which there is more to say than that they serve; excluded ones not listed
	Unknown  []UnknownAgent             `json:"unknown,omitempty"`
	Ensemble []string                   `json:"ensemble,omitempty"` // what Exhibitor lists, where that is not the masters
	Weights  map[inventory.NodeName]int `json:"weights,omitempty"`  // leader weight of each master: Mesos 4, ZooKeeper 2, Marathon 1
	Quorums  []Quorum                   `json:"quorums,omitempty"`
	Tasks    map[inventory.NodeName]int `json:"tasks,omitempty"`

	// DueTo are, by check, the masters that a finding is due to which is not OK,
	// if it is only they.
	DueTo map[string][]inventory.NodeName `json:"due_to,omitempty"`
}

// Quorum is one replicated group of masters.
type Quorum struct {
	Name    string               `json:"name"` // "zookeeper", "registrar", "cockroach"
	Size    int                  `json:"size"` // members that there should be
	Serving []inventory.NodeName `json:"serving"`
	Age     Duration             `json:"age"` // of the oldest sample that it rests on

	// Hindered are members that do not serve only because those are out.
	Hindered map[inventory.NodeName][]inventory.NodeName `json:"hindered,omitempty"`

	// Unknown are members that did not say whether they serve: nothing here counts
	// them as serving, and a person is told that they may.
	Unknown []inventory.NodeName `json:"unknown,omitempty"`
}

// Need is how many members must serve: more than half.
func (q Quorum) Need() int { return q.Size/2 + 1 }
