package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
)

// Summary is a run in short, for programs: the answer of status, and the last line of apply,
// resume and stage. docs/output.schema.json describes it.
type Summary struct {
	Version int                `json:"version"`
	Kind    string             `json:"kind"` // "summary"
	Run     string             `json:"run"`
	State   string             `json:"state"`   // "none", "running", "hold", "finishing", "controller gone", "abandoned", "done", "staged", "parked", "stopped", "in doubt", "interrupted", "taken over", "unreadable", "refused", "invalid", "error"
	Outcome string             `json:"outcome"` // State as one word: "in-doubt"
	Exit    *int               `json:"exit"`    // the command's exit code, or that of the run's last one; null: it has not ended
	Plan    string             `json:"plan"`
	From    dcos.Version       `json:"from"`
	To      dcos.Version       `json:"to"`
	Stage   string             `json:"stage,omitempty"`
	Masters orchestrator.Tally `json:"masters"`
	Agents  orchestrator.Tally `json:"agents"`
	Counts  orchestrator.Tally `json:"counts"` // of both
	Stop    *journal.Stop      `json:"stop,omitempty"`
	Node    inventory.NodeName `json:"node,omitempty"`   // at which it stopped
	Gate    string             `json:"gate,omitempty"`   // that did not hold there
	Reason  string             `json:"reason,omitempty"` // code of the stop, or of the refusal
	Failed  []string           `json:"failed,omitempty"` // every node that failed, that of the stop first
	Next    [][]string         `json:"next"`             // commands, word by word; a word in capitals is to be filled in
	Safe    bool               `json:"safe_to_leave"`
	Why     string             `json:"why"`
	Until   time.Time          `json:"safe_until,omitzero"` // zero: nothing is known to end it
	At      time.Time          `json:"at,omitzero"`         // of the newest event
	ETA     time.Time          `json:"eta,omitzero"`        // by the plan's estimates, of a run under way

	Accepted []orchestrator.Acceptance `json:"accepted_losses,omitempty"` // what a person has accepted as lost, and why

	Owed     []journal.Obligation `json:"owed,omitempty"`
	Pack     string               `json:"pack,omitempty"`     // path of the failure pack
	Warnings []string             `json:"warnings,omitempty"` // what passed although a person should look
	Error    string               `json:"error,omitempty"`    // of a command that did not come to a run
}

// Summarize is a run in short, without what to do next.
func Summarize(v orchestrator.View) Summary {
	sum := Summary{
		Version: JSONVersion, Kind: "summary", Run: v.Run, State: v.Word, Outcome: Hyphened(v.Word), At: v.At, Stop: v.Stop, Stage: v.Stage,
		Masters: v.Masters, Agents: v.Agents, Counts: v.Masters.Plus(v.Agents), Owed: v.Owed, Accepted: v.Accepted, Next: [][]string{},
		Safe: v.Safety.Safe, Why: v.Safety.Reason().String(), Until: v.Safety.Until, Gate: v.Gate,
	}
	if v.Plan != nil {
		sum.Plan, sum.From, sum.To = v.Plan.ID, v.Plan.From, v.Plan.To
	}
	if v.Word == orchestrator.Running {
		sum.ETA = v.Now.Add(v.Remaining).Round(time.Second)
	}
	if v.Ended != "" {
		code := Exit(v)
		sum.Exit = &code
	}
	if v.Stop != nil {
		sum.Node, sum.Reason = v.Stop.Node, string(v.Stop.Reason)
	}
	for _, f := range v.Failures {
		sum.Failed = append(sum.Failed, string(f.Step.Node))
	}
	return sum
}

// Hyphened is a word as JSON has it.
func Hyphened(word string) string { return strings.ReplaceAll(word, " ", "-") }

// Summary is that of a run with what to do next, for this inventory.
func (p Program) Summary(v orchestrator.View) Summary {
	sum := Summarize(v)
	sum.Next = p.Argvs(commandsOf(v.Onward)...)
	return sum
}

// Argvs are commands, word by word.
func (p Program) Argvs(commands ...advice.Command) [][]string {
	all := [][]string{}
	for _, c := range commands {
		all = append(all, p.Argv(c))
	}
	return all
}

// commandsOf are the commands among steps.
func commandsOf(steps []orchestrator.Onward) []advice.Command {
	var all []advice.Command
	for _, n := range steps {
		if n.Command != nil {
			all = append(all, n.Command)
		}
	}
	return all
}

// NoRun is the summary where there is no run.
func (p Program) NoRun(dir string) Summary {
	return Summary{Version: JSONVersion, Kind: "summary", State: "none", Outcome: "none", Why: "no run in " + dir, Next: p.Argvs(advice.Command{"plan"})}
}

// Unreadable is the summary of a run whose journal cannot be read.
func Unreadable(run string, err error) Summary {
	return Summary{Version: JSONVersion, Kind: "summary", Run: run, State: "unreadable", Outcome: "unreadable", Why: err.Error(), Next: [][]string{}}
}

// RunLine is a run in one line of many.
func (p Program) RunLine(sum Summary) string {
	switch sum.State {
	case "unreadable":
		return fmt.Sprintf("%-14s %-15s %s", sum.Run, sum.State, sum.Why)
	case orchestrator.NotBegun:
		return fmt.Sprintf("%-14s %s", sum.Run, sum.State)
	}
	next := ""
	if sum.State == orchestrator.ControllerGone {
		next = "; nobody runs it: " + p.Run("resume", "--run", sum.Run)
	}
	return fmt.Sprintf("%-14s %-15s plan %s  %s -> %s  masters %d/%d  agents %d/%d%s", sum.Run, sum.State, sum.Plan, sum.From, sum.To,
		sum.Masters.Verified+sum.Masters.AtTarget, sum.Masters.Nodes, sum.Agents.Verified+sum.Agents.AtTarget, sum.Agents.Nodes, next)
}
