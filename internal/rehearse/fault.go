package rehearse

import (
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Kind names what goes wrong. Names that package simcluster has too mean the
// same there.
type Kind string

// The kinds of faults. Adding one is a constant here, a row in kinds, and a
// question (chance.hit) at the place where it acts, or a case in strike.
const (
	StageFails          Kind = "stage-fails"
	SSHCutBeforeExec    Kind = "ssh-cut-before-exec"
	SSHCutAfterExec     Kind = "ssh-cut-after-exec"
	SSHCutDuringScript  Kind = "ssh-cut-during-script"
	SSHDown             Kind = "sshd-down"
	ScriptFailsFetch    Kind = "script-fails-fetch"
	ScriptFailsMidSwap  Kind = "script-fails-mid-swap"
	FinishRefused       Kind = "finish-refused"
	FinishCut           Kind = "finish-cut"
	FinishUnstarted     Kind = "finish-unstarted"
	ScriptFailsStart    Kind = "script-fails-start"
	ScriptHangs         Kind = "script-hangs"
	RebootMidSwap       Kind = "reboot-mid-swap"
	RebootMidMove       Kind = "reboot-mid-move"
	NodeNeverReturns    Kind = "node-never-returns"
	AgentBackLate       Kind = "agent-back-late"
	AgentBackTooLate    Kind = "agent-back-too-late"
	AgentNeverRegisters Kind = "agent-never-registers"
	TasksDoNotReturn    Kind = "tasks-do-not-return"
	ChecksRedAfter      Kind = "checks-red-after"
	LaunchFails         Kind = "launch-fails"
	ExhibitorLatent     Kind = "exhibitor-latent"
	UnderReplicated     Kind = "under-replicated"
	AnswerLost          Kind = "answer-lost"
	LookLate            Kind = "look-late"
	LookUnreadable      Kind = "look-unreadable"
	Election            Kind = "election"
	LeaderStuck         Kind = "leader-stuck"
	AgentDead           Kind = "agent-dead"
	MasterDead          Kind = "master-dead"
	LaunchLate          Kind = "launch-late"
	Asleep              Kind = "controller-asleep"
	ClockAhead          Kind = "clock-ahead"
	DiskFull            Kind = "controller-disk-full"
	DiesBeforeActing    Kind = "controller-dies-before-acting"
	Dies                Kind = "controller-dies"
	WatchingStops       Kind = "interrupted-twice"
	Interrupted         Kind = "interrupted"
)

// about is what is known of a kind.
type about struct {
	kind  Kind
	words string
	rate  float64       // in chaos, per opportunity; per hour when moment is set
	lasts time.Duration // unless the fault says otherwise; 0: until a person repairs it
	of    moment
}

// moment says when a kind can act.
type moment uint8

const (
	onNode    moment = iota // where a node comes to the place at which it acts
	ofCluster               // at any moment, to the cluster
	ofPeople                // at any moment, to the controller: the nodes do not notice
)

func kinds() []about {
	return []about{
		{StageFails, "fetching packages ahead fails", 0.0005, 0, onNode},
		{SSHCutBeforeExec, "the connection breaks before the launch", 0.002, 0, onNode},
		{LaunchLate, "the connection breaks, and the launch arrives all the same, later", 0.002, 40 * time.Second, onNode},
		{SSHCutAfterExec, "the connection breaks as the launch answers", 0.004, time.Minute, onNode},
		{SSHCutDuringScript, "the connection breaks while the script runs", 0.01, 90 * time.Second, onNode},
		{SSHDown, "sshd stays down after the swap", 0.0005, 25 * time.Minute, onNode},
		{ScriptFailsFetch, "the script fails before the swap", 0.003, 0, onNode},
		{ScriptFailsMidSwap, "the script dies in the swap", 0.0007, 0, onNode},
		{FinishRefused, "the script dies in the swap, and finish-swap is refused", 0.0002, 0, onNode},
		{FinishCut, "the script dies in the swap, and so does finish-swap", 0.0002, 0, onNode},
		{FinishUnstarted, "the script dies in the swap, and finish-swap before the services start", 0.0002, 0, onNode},
		{ScriptFailsStart, "the script fails at the start of the services", 0.0007, 0, onNode},
		{ScriptHangs, "the script hangs", 0.0005, 0, onNode},
		{RebootMidSwap, "the machine reboots as the swap stops its services", 0.0007, 2 * time.Minute, onNode},
		{RebootMidMove, "the machine reboots as the swap moves its files", 0.0003, 2 * time.Minute, onNode},
		{NodeNeverReturns, "the machine goes off as its services stop", 0.0005, 0, onNode},
		{AgentBackLate, "an agent is back after 80 % of the ping budget", 0.005, 0, onNode},
		{AgentBackTooLate, "an agent is back after 120 % of the ping budget", 0.001, 0, onNode},
		{AgentNeverRegisters, "an agent never registers", 0.0007, 0, onNode},
		{TasksDoNotReturn, "tasks of an agent do not come back", 0.001, 0, onNode},
		{ChecksRedAfter, "a health check stays red after the patch", 0.001, 0, onNode},
		{LaunchFails, "a canary is back and cannot start a task", 0.01, 0, onNode},
		{ExhibitorLatent, "a master never converges: Exhibitor stays latent", 0.01, 0, onNode},
		{UnderReplicated, "ranges stay under-replicated", 0.01, 0, onNode},
		{AnswerLost, "the end of a step is not heard", 0.0002, 0, onNode},
		{LookLate, "a look at the cluster takes minutes", 0.001, 4 * time.Minute, onNode},
		{LookUnreadable, "a look at the cluster cannot be read", 0.002, 0, onNode},
		{Election, "a leader is lost and another elected", 0.1, 0, ofCluster},
		{LeaderStuck, "no leader for longer than a hold may last", 0.002, 45 * time.Minute, ofCluster},
		{AgentDead, "an agent dies that nobody of us touched", 0.05, 30 * time.Minute, ofCluster},
		{MasterDead, "a master fails that the run has not touched", 0.01, 20 * time.Minute, ofCluster},
		{Asleep, "the controller sleeps for hours", 0.01, 3 * time.Hour, ofPeople},
		{ClockAhead, "the controller's wall clock is set forward", 0.005, 0, ofPeople},
		{DiskFull, "the controller's disk is full", 0.002, 0, ofPeople},
		{DiesBeforeActing, "the controller dies after recording, before acting", 0.005, 0, ofPeople},
		{Dies, "the controller dies", 0.02, 0, ofPeople},
		{WatchingStops, "a person interrupts twice", 0.005, 0, ofPeople},
		{Interrupted, "a person interrupts once", 0.02, 0, ofPeople},
	}
}

// Kinds lists every kind of fault, for tables that must have all.
func Kinds() []Kind {
	var out []Kind
	for _, a := range kinds() {
		out = append(out, a.kind)
	}
	return out
}

// Words says what a kind means, for people.
func (k Kind) Words() string {
	a, _ := k.about()
	return a.words
}

func (k Kind) about() (about, bool) {
	for _, a := range kinds() {
		if a.kind == k {
			return a, true
		}
	}
	return about{}, false
}

// Harmless reports whether the kind leaves the nodes alone, so that the night
// must end as if nothing had happened.
func (k Kind) Harmless() bool {
	a, known := k.about()
	return known && a.of == ofPeople
}

// Fault is one thing that goes wrong.
type Fault struct {
	What  Kind
	Where inventory.NodeName // empty: whoever comes to it first
	Nth   int                // only the nth time that it could act, from 1; 0: every time. For the cluster and the controller: the number of the journal's event
	For   time.Duration      // 0: as long as that kind lasts

	remedy bool // not at an event, but about the first call of finish-swap
}

// Check refuses faults that could never act on the plan.
func Check(faults []Fault, p *plan.Plan) error {
	for i, f := range faults {
		a, known := f.What.about()
		switch _, there := p.Node(f.Where); {
		case !known:
			return fmt.Errorf("fault %d: the twin has no fault %q; it has %v", i+1, f.What, Kinds())
		case f.Where != "" && !there:
			return fmt.Errorf("fault %d (%s): no node %q", i+1, f.What, f.Where)
		case a.of != onNode && f.Nth < 1:
			return fmt.Errorf("fault %d (%s): say nth, the number of the journal's event at which it strikes", i+1, f.What)
		}
	}
	return nil
}
