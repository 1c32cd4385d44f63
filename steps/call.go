package steps

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// Verb is what a call does.
type Verb uint8

// The verbs. Those from Look on ask the node of the step, under the run's claim.
const (
	Pause        Verb = iota + 1 // waits
	TakeBaseline                 // asks the cluster for what the verification compares with
	AskAway                      // asks the leader how long the agent has been missing
	Await                        // waits for the gates of the step; interim answers have a Finding
	Observe                      // looks at the cluster
	SurveyAll                    // of several nodes, each for itself
	ClaimAll                     // on several nodes, each for itself
	SideBySide                   // several machines at the same time
	FindLeader                   // and the agent there
	RemoveProbes                 // frameworks of this step's launch probe at that leader, and proves it
	AskRoom                      // of the agent
	Subscribe                    // as a framework, until Leave
	NextEvent                    // of the framework
	Revive                       // as the framework, as are:
	Suppress                     //
	Decline                      // Offers, for Wait
	LaunchTask                   // Task, on Offers
	Acknowledge                  // Update
	Leave                        //
	Look                         // receipts of the script, then the survey
	Survey                       // the survey alone
	ReadUptime                   //
	RunIPDetect                  // of the target's configuration package
	Claim                        // raises the node's epoch to the run's
	PutProgram                   // the node program
	PutScript                    // the pinned script
	Lock                         // the run's lock record on a master
	Unlock                       //
	Fetch                        // downloads the target's packages
	Launch                       // starts the script, detached
	CallOff                      // refuses a launch that has not begun
	FinishSwap                   // finishes a cut swap forward
)

// Call is one thing to be done outside. The task has what is not in it.
type Call struct {
	Do      Verb
	By      time.Time     // when it is broken off; zero: it is not
	Within  time.Duration // how long it may take once the node is connected; 0: until By
	Wait    time.Duration // of Pause and Decline
	Attempt int           // of Launch and CallOff, as the node counts
	Until   node.Deadline // of Launch and FinishSwap

	Node   inventory.NodeName   // whose it is; empty: the step's
	Epoch  int                  // that is claimed; 0: the task's
	Anyway bool                 // also when the caller does not wait any more
	Nodes  []inventory.NodeName // of SurveyAll and ClaimAll
	Parts  []Part               // of SideBySide
	Agent  string               // of AskRoom
	Offers []dcos.Offer
	Task   mesos.TaskInfo
	Update dcos.TaskUpdate
}

// Part is a machine that runs beside others, for a task of its own.
type Part struct {
	Task    plan.Task
	Machine Machine
}

// Answer is what came of a call.
type Answer struct {
	At      time.Time // when it came
	Stopped bool      // the caller does not wait for the step any more
	Err     error     // of the call; one of Pause is never an error
	Unsent  bool      // with Err: the node was not connected, so that nothing was sent
	Expired bool      // with Err: a deadline was the reason

	Baseline    json.RawMessage     // of TakeBaseline
	Observation plan.Observation    // of Observe
	Leader      inventory.NodeName  // of FindLeader
	Agent       *dcos.Agent         // of FindLeader; nil: it does not list it
	Room        dcos.Room           // of AskRoom
	Event       dcos.SchedulerEvent // of NextEvent
	Seen        []Sighting          // of SurveyAll and ClaimAll, as their Nodes
	Reports     []plan.Report       // of SideBySide, as its Parts
	Away        checks.Away         // of AskAway; with a Finding, of the last look at the leader
	Finding     *dcos.Finding       // of Await: not its end, but a gate's finding that has changed
	Findings    []dcos.Finding      // of Await
	Receipts    []node.Receipt      // of Look, ascending
	Survey      node.Survey         // of Look and Survey
	Uptime      node.Uptime         // of ReadUptime
	IP          string              // of RunIPDetect; empty: the package has none
	Unit        string              // of Launch
	State       node.RunState       // of CallOff
}

// neverSent reports a call that left nothing on its node, for it did not come there.
func (a Answer) neverSent() bool {
	var notRun *sshexec.NotRunError
	return a.Unsent || errors.As(a.Err, &notRun)
}
