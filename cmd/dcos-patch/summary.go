package main

import (
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/render"
)

// summary is a run in short, for programs: the answer of status, and the last line of apply,
// resume and stage. docs/output.schema.json describes it.
type summary struct {
	Version int                `json:"version"`
	Kind    string             `json:"kind"` // "summary"
	Run     string             `json:"run"`
	State   string             `json:"state"`   // "none", "running", "hold", "finishing", "abandoned", "done", "staged", "parked", "stopped", "in doubt", "interrupted", "taken over", "unreadable", "refused", "invalid", "error"
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

func summarize(run string, s orchestrator.State, word string) summary {
	sum := summary{Version: render.JSONVersion, Kind: "summary", Run: run, State: word, Outcome: hyphened(word), At: s.At, Stop: s.Stop, Next: [][]string{}}
	if s.Plan != nil {
		sum.Plan, sum.From, sum.To = s.Plan.ID, s.Plan.From, s.Plan.To
	}
	if st := s.AtWork(); st != nil {
		sum.Stage = st.ID
	}
	sum.Masters, sum.Agents = s.Tallies()
	sum.Counts = sum.Masters.Plus(sum.Agents)
	safe := s.LeaveAt(time.Now())
	sum.Safe, sum.Why, sum.Until = safe.Safe, safe.Why, safe.Until
	if word == "running" {
		sum.ETA = time.Now().Add(s.Remaining()).Round(time.Second)
	}
	sum.Owed, sum.Accepted = s.Obligations(), s.Accepted
	if s.Ended != "" {
		code := stopCode(s)
		sum.Exit = &code
	}
	if s.Stop != nil {
		sum.Node, sum.Reason, sum.Gate = s.Stop.Node, string(s.Stop.Reason), lateGate(s)
	}
	for _, st := range failures(s) {
		sum.Failed = append(sum.Failed, string(st.Node))
	}
	return sum
}

func hyphened(word string) string { return strings.ReplaceAll(word, " ", "-") }

// lateGate is the first gate that did not hold at the step of the stop.
func lateGate(s orchestrator.State) string {
	if s.Plan == nil {
		return ""
	}
	r := report(s, s.Stop.Step)
	if r == nil {
		return ""
	}
	for _, f := range r.Silent.Fold(r.Findings) {
		if !f.Status.OK() {
			return f.Check
		}
	}
	return ""
}

// summary is that of a run with what to do next, for this inventory.
func (a *app) summary(run string, s orchestrator.State, word string) summary {
	sum := summarize(run, s, word)
	switch {
	case word == abandoned:
		sum.Next = a.argvs([]advice.Command{{"resume", "--run", run}})
	case s.Ended == journal.RunStopped:
		sum.Next = a.argvs(commandsOf(nextSteps(s, run, s.Begun())))
	case s.Ended == journal.RunDone && stagedOnly(s.Plan):
		sum.Next = a.argvs([]advice.Command{{"apply"}})
	case s.Ended == journal.RunDone && len(s.Obligations()) > 0:
		sum.Next = a.argvs([]advice.Command{{"sweep"}})
	}
	return sum
}

// concluded is a run as a command of ours has left it.
type concluded struct {
	run   string
	state orchestrator.State
	pack  string

	warned []string
}

// lastLine ends the output of a command that carries out a run.
func (a *app) lastLine(cmd string, args []string, err error) {
	if a.output != "json" || cmd != "apply" && cmd != "resume" && cmd != "stage" {
		return
	}
	code := codeOf(err)
	sum := summary{Version: render.JSONVersion, Kind: "summary", State: refusalWord(code), Safe: true, Why: "this command has touched nothing", Next: a.argvs(onward(err, args))}
	if a.ended != nil {
		sum = a.summary(a.ended.run, a.ended.state, stateWord(a.ended.state))
		sum.Pack, sum.Warnings = a.ended.pack, a.ended.warned
	}
	if err != nil && !isCode(err) {
		sum.Error = err.Error()
	}
	if a.ended == nil || code == exitInDoubt && sum.Error != "" { // it could not be recorded how the run went on
		sum.Outcome, sum.Reason = hyphened(refusalWord(code)), hyphened(refusalWord(code))
	}
	sum.Exit = &code
	_ = render.Value(a.out, sum) // a reader that went away does not matter
}

// refusalWord is the outcome of a command that ended with a code and no run.
func refusalWord(code int) string {
	switch code {
	case exitRefused:
		return "refused"
	case exitInvalid:
		return "invalid"
	case exitInterrupted:
		return "interrupted"
	case exitInDoubt:
		return "in doubt"
	}
	return "error"
}
