package render

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Text writes the live log of a run: one line for each event that a person
// may act on, with time, node and what happened; lines that belong to it are
// indented. It is not safe for concurrent use. The zero value but for W is
// ready.
type Text struct {
	W    io.Writer
	Zone *time.Location // of the times written; nil: as the events have them

	plan    *plan.Plan
	run     string
	started map[plan.StepID]time.Time
	lanes   map[string]time.Time // admission, by stage and node
	shown   map[string]shown     // last finding written, by step and check
	held    time.Time
	running map[plan.StepID]bool // scripts that a resume has found running
	failed  []inventory.NodeName // lanes that ended badly in this log
	warned  map[string]bool      // warnings written

	remedied map[plan.StepID]plan.Remedy // steps under way, in place of their script
}

// shown is the last line written about a check that does not pass, so that a
// gate that polls every few seconds does not flood the log.
type shown struct {
	status   dcos.Status
	observed string
	at       map[string]time.Time // when it was written last, by its wording
}

// quiet reports whether another wording need not be written at a time: it was a while
// ago, or too many others were.
func (s shown) quiet(observed string, at time.Time) bool {
	for w, t := range s.at {
		if at.Sub(t) >= quietFor {
			delete(s.at, w)
		}
	}
	_, lately := s.at[wording(observed)]
	return lately || len(s.at) >= wordings
}

// wordings is how many different ones are written within quietFor: a node may never
// say the same twice.
const wordings = 5

// quietFor is how long a finding that changes in its numbers only is not
// written again: ages and counters change with every sample.
const quietFor = 30 * time.Second

var numbers = regexp.MustCompile(`\b[0-9][0-9a-z.:/]*`)

// wording is what a finding says without its numbers. Names of nodes stay.
func wording(observed string) string { return numbers.ReplaceAllString(observed, "#") }

// Event writes what the event means, which may be nothing.
func (t *Text) Event(e journal.Event) error {
	lines := t.lines(e)
	if len(lines) == 0 {
		return nil
	}
	at := e.At
	if t.Zone != nil {
		at = at.In(t.Zone)
	}
	var s strings.Builder
	for i, l := range lines {
		if i == 0 {
			fmt.Fprintf(&s, "%s %s\n", at.Format("15:04:05"), Joined(l))
		} else {
			fmt.Fprintf(&s, "         %s\n", Joined(l))
		}
	}
	_, err := io.WriteString(t.W, s.String())
	return err
}

func (t *Text) lines(e journal.Event) []string {
	switch e.Kind {
	case journal.RunStarted, journal.RunResumed:
		return t.begun(e)
	case journal.LaneAdmitted:
		return t.admitted(e)
	case journal.StepStarted:
		return t.stepStarted(e)
	case journal.StepNoted:
		return t.noted(e)
	case journal.StepEnded:
		return t.stepEnded(e)
	case journal.Reconciled:
		return t.reconciled(e)
	case journal.Held:
		t.held = e.At
		return append(about("HOLD", e.Detail), "lanes in flight finish, nothing new starts; goes on by itself")
	case journal.HoldEnded:
		return []string{"go on: the hold has ended" + t.since(" after ", t.held, e.At)}
	case journal.Paused:
		return []string{"PAUSED: lanes in flight finish, nothing new starts"}
	case journal.UndoFailed:
		if e.Obligation == nil {
			return nil
		}
		return []string{fmt.Sprintf("%s could not be undone on %s; resume tries again: %s", e.Obligation.ID, who(e.Node), e.Detail)}
	case journal.RunStopped:
		return t.stopped(e)
	case journal.RunDone:
		return t.done()
	case journal.RunAbandoned:
		return []string{"ended unfinished by " + e.Controller + ": " + e.Detail}
	default: // an observation, or a kind of a later program
		return nil
	}
}

// about is a word and its reasons, of which each has a line of its own.
func about(word, detail string) []string {
	parts := strings.Split(detail, "\n")
	return append([]string{word + " " + parts[0]}, parts[1:]...)
}

func (t *Text) begun(e journal.Event) []string {
	if e.Plan != nil {
		t.plan = e.Plan
	}
	t.run = e.Run
	t.running, t.remedied = map[plan.StepID]bool{}, map[plan.StepID]plan.Remedy{}
	t.started, t.lanes, t.shown = map[plan.StepID]time.Time{}, map[string]time.Time{}, map[string]shown{}
	word := "started"
	if e.Kind == journal.RunResumed {
		word = "resumed"
	}
	text := fmt.Sprintf("run %s %s%s", e.Run, word, after(" by ", e.Controller))
	p := t.plan
	if p == nil {
		return []string{text}
	}
	text += fmt.Sprintf(": plan %s, %s, DC/OS %s -> %s", p.ID, p.Cluster.Name, p.From, p.To)
	if p.TimeScale != 0 && p.TimeScale != 1 {
		text += fmt.Sprintf("  *** REHEARSAL x%g ***", p.TimeScale)
	}
	return []string{text}
}

func (t *Text) admitted(e journal.Event) []string {
	if t.lanes != nil {
		t.lanes[e.Stage+"/"+string(e.Node)] = e.At
	}
	if e.Node == "" || e.Detail == "" {
		return nil // stages that take nothing out say enough by their steps
	}
	return []string{fmt.Sprintf("%s admitted to %s: %s", e.Node, e.Stage, e.Detail)}
}

// since is a duration with a word before it, if its beginning is known.
func (t *Text) since(word string, from, to time.Time) string {
	if from.IsZero() {
		return ""
	}
	return word + Span(to.Sub(from))
}

// place takes a step's id apart: "general/a037/patch", or "preflight/preflight"
// for the cluster. Ids are forever, so that this holds without the plan.
func place(id plan.StepID) (stage string, node inventory.NodeName, action plan.Action) {
	parts := strings.Split(string(id), "/")
	stage, action = parts[0], plan.Action(parts[len(parts)-1])
	if len(parts) > 2 {
		node = inventory.NodeName(strings.Join(parts[1:len(parts)-1], "/"))
	}
	return stage, node, action
}

// who is the node of a step, or the cluster.
func who(node inventory.NodeName) string {
	if node == "" {
		return "cluster"
	}
	return string(node)
}
