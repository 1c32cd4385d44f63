package orchestrator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Onward is one thing to do next: a command, or something else in words.
type Onward struct {
	Command advice.Command // nil: words only
	Words   string         // what to do, or why
	Or      bool           // instead of the step before it
	Then    advice.Command // after an alternative
}

func give(words ...string) Onward { return Onward{Command: words} }

// Onward are the steps that lead on from a run that has ended, in order.
func (s State) Onward() []Onward {
	switch {
	case s.Ended == journal.RunDone && s.Plan.StagesOnly():
		return []Onward{give("apply")}
	case s.Ended == journal.RunDone && len(s.ledger) > 0:
		return []Onward{give("sweep")}
	case s.Ended != journal.RunStopped:
		return nil
	}
	if s.TakenOver() {
		return []Onward{{Command: ResumeElsewhere(s.Run)}}
	}
	again := []Onward{give("plan"), give("apply")}
	switch {
	case !s.Kept() && s.OwesFor(plan.OwesLock): // a master did not let it be given back
		return append([]Onward{give("sweep")}, again...)
	case !s.Kept():
		return again
	}
	gone := s.lostForGood()
	next := s.mending(gone)
	resume := []string{"resume", "--run", s.Run}
	if len(s.Finishable()) > 0 {
		resume = append(resume, "--finish-swap")
	}
	if len(gone) > 0 {
		return append(next, s.withoutLost(resume, gone)...)
	}
	next = append(next, give(resume...))
	if s.Stop != nil && s.Stop.Node != "" && s.Parkable(s.Stop.Node) == "" && s.ClusterRed() == "" {
		next = append(next, Onward{Command: parking(s.Stop.Node), Words: leavingBehind(s.Stop.Node), Or: true})
	}
	return next
}

// ResumeElsewhere is the command that goes on with a run of another machine. Its name
// may be a node's word: what cannot be a name is left out, and the newest run is taken.
func ResumeElsewhere(run string) advice.Command {
	if !journal.IsRunName(run) {
		return advice.Command{"resume", "--from-cluster"}
	}
	return advice.Command{"resume", "--from-cluster", "--run", run}
}

func parking(node inventory.NodeName) advice.Command {
	return advice.Command{"park", string(node), "--reason", "WHY"}
}

func leavingBehind(node inventory.NodeName) string { return fmt.Sprintf("to leave %s behind", node) }

// mending is what to do before a run goes on, where something is lost for good on
// some agents.
func (s State) mending(gone []inventory.NodeName) []Onward {
	var next []Onward
	if red := s.ClusterRed(); red != "" {
		next = append(next, Onward{Words: "bring the masters back first: " + red})
	}
	for _, st := range s.Failures() {
		r := s.ReportOf(st.ID)
		switch {
		case r != nil && r.Class == plan.MidSwap:
			continue // resume finishes its swap; a check stays red until then
		case r != nil && r.Class == plan.NotStarted:
			next = append(next, Onward{Words: fmt.Sprintf("on %s: sudo systemctl daemon-reload && sudo systemctl start dcos.target", st.Node)})
		}
		if slices.Contains(gone, st.Node) { // no check of it turns green
			continue
		}
		if !strings.HasSuffix(string(st.ID), "/"+string(plan.ActionProbe)) { // what a check asks is green then
			next = append(next, give("check", string(st.Node), "--wait"))
		}
	}
	return next
}

// withoutLost leads on from agents on which something is lost for good: a person accepts
// that, as far as the budget goes, or leaves them behind.
func (s State) withoutLost(resume []string, gone []inventory.NodeName) []Onward {
	may, not := s.acceptableOf(gone)
	var next []Onward
	for _, n := range not {
		next = append(next, Onward{Command: parking(n)})
	}
	if len(may) == 0 {
		return append(next, give(resume...))
	}
	accept := slices.Clone(resume)
	for _, n := range may {
		accept = append(accept, "--accept-lost", string(n))
	}
	next = append(next, give(append(accept, "--reason", "WHY")...))
	for _, n := range may {
		next = append(next, Onward{Command: parking(n), Words: leavingBehind(n), Or: true, Then: resume})
	}
	return next
}

// lostForGood are the agents whose verification can never come to pass: they are
// back under another id, or a task of before has ended with them or is not listed any
// more. A resume would verify them again and find the same.
func (s State) lostForGood() []inventory.NodeName {
	var nodes []inventory.NodeName
	for _, st := range s.Failures() {
		r := s.ReportOf(st.ID)
		if r != nil && s.Parkable(st.Node) == "" && !s.Granted(st.Node) && slices.ContainsFunc(r.Findings, hopeless) {
			nodes = append(nodes, st.Node)
		}
	}
	return nodes
}

// hopeless reports whether waiting for a gate is no use, since what it misses does not
// come back: tasks that the leader does not list any more neither, once the agent is back.
func hopeless(f dcos.Finding) bool {
	return f.Lost && f.Final || f.Status == dcos.Unknown && !f.Loss.Empty()
}

// acceptableOf divides agents by whether their losses may be accepted, one after the other,
// within the budget.
func (s State) acceptableOf(nodes []inventory.NodeName) (may, not []inventory.NodeName) {
	trial := s.Clone()
	for _, n := range nodes {
		if trial.Acceptable(n) != "" {
			not = append(not, n)
			continue
		}
		trial = Replay(trial, trial.Acceptance(n, "", "WHY"))
		may = append(may, n)
	}
	return may, not
}

// Acceptance is the event that accepts what is lost on a node.
func (s State) Acceptance(node inventory.NodeName, who, reason string) journal.Event {
	return journal.Event{Seq: s.Seq + 1, At: time.Now(), Kind: journal.LossAccepted, Node: node, Controller: who, Detail: reason}
}
