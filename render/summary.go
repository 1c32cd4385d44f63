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
func Summarize(run string, s orchestrator.State, word string) Summary {
	sum := Summary{Version: JSONVersion, Kind: "summary", Run: run, State: word, Outcome: Hyphened(word), At: s.At, Stop: s.Stop, Next: [][]string{}}
	if s.Plan != nil {
		sum.Plan, sum.From, sum.To = s.Plan.ID, s.Plan.From, s.Plan.To
	}
	if st := s.AtWork(); st != nil {
		sum.Stage = st.ID
	}
	sum.Masters, sum.Agents = s.Tallies()
	sum.Counts = sum.Masters.Plus(sum.Agents)
	safe := s.LeaveAt(time.Now())
	sum.Safe, sum.Why, sum.Until = safe.Safe, safe.Reason().String(), safe.Until
	if word == orchestrator.Running {
		sum.ETA = time.Now().Add(s.Remaining()).Round(time.Second)
	}
	sum.Owed, sum.Accepted = s.Obligations(), s.Accepted
	if s.Ended != "" {
		code := Exit(s)
		sum.Exit = &code
	}
	if s.Stop != nil {
		sum.Node, sum.Reason, sum.Gate = s.Stop.Node, string(s.Stop.Reason), s.LateGate()
	}
	for _, st := range s.Failures() {
		sum.Failed = append(sum.Failed, string(st.Node))
	}
	return sum
}

// Hyphened is a word as JSON has it.
func Hyphened(word string) string { return strings.ReplaceAll(word, " ", "-") }

// Summary is that of a run with what to do next, for this inventory.
func (p Program) Summary(run string, s orchestrator.State, word string) Summary {
	sum := Summarize(run, s, word)
	switch {
	case word == orchestrator.ControllerGone:
		sum.Next = p.Argvs(advice.Command{"resume", "--run", run})
	case s.Ended == journal.RunStopped:
		sum.Next = p.Argvs(commandsOf(s.Onward())...)
	case s.Ended == journal.RunDone && s.Plan.StagesOnly():
		sum.Next = p.Argvs(advice.Command{"apply"})
	case s.Ended == journal.RunDone && len(s.Obligations()) > 0:
		sum.Next = p.Argvs(advice.Command{"sweep"})
	}
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
