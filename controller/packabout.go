package controller

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/pack"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/render"
)

// about is the beginning of a pack's README.
func (r *running) about(s orchestrator.State, now belief, at time.Time, said, first string) string {
	var b strings.Builder
	n := now.Node
	fmt.Fprintf(&b, "FAILURE PACK of %s, run %s of cluster %s\n\n", n.Name, r.run, s.Plan.Cluster.Name)
	row := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "%-10s%s\n", what, fmt.Sprintf(format, args...))
	}
	row("node", "%s, %s, group %s, %s", n.Name, n.Role, n.Group, n.Address)
	row("step", "%s", s.Stop.Step)
	for _, l := range now.Lanes {
		if l.Step == s.Stop.Step {
			row("lane", "began %s, ended %s", l.Began.UTC().Format(time.RFC3339), l.Since.UTC().Format(time.RFC3339))
		}
	}
	row("reason", "%s: %s", s.Stop.Reason, s.Stop.Detail)
	row("plan", "%s, DC/OS %s -> %s, script %s", s.Plan.ID, s.Plan.From, s.Plan.To, s.Plan.Script.SHA256)
	row("by", "%s", r.cfg.Owner)
	row("made", "%s, with dcos-patch %s, node program %s", at.UTC().Format(time.RFC3339), r.cfg.Version, node.Sum()[:12])
	row("asked", "the node had %s to answer", pack.Timeout)
	row("see first", "%s", first)
	fmt.Fprintf(&b, "\nWHAT WAS PRINTED, at times of %s\n\n%s", at.Local().Format("MST (-0700)"), said)
	return b.String()
}

// seeFirst names the files of the pack that most likely hold the reason.
func seeFirst(s orchestrator.State, entries []pack.Entry) string {
	candidates := []struct{ name, why string }{
		{pack.FailedCommands, "what failed commands said"},
		{"node/output.txt", "the script's own words"},
	}
	if r := s.ReportOf(s.Stop.Step); r != nil && len(r.Findings) > 0 {
		candidates = []struct{ name, why string }{{"events.jsonl", ""}, {"samples/", "what the gates were answered"}, {pack.FailedCommands, ""}}
	}
	candidates = append(candidates, struct{ name, why string }{"node/log-", "the units' logs"}, struct{ name, why string }{"believed.json", ""})
	var names []string
	for _, c := range candidates {
		if !slices.ContainsFunc(entries, func(e pack.Entry) bool { return len(e.Body) > 0 && strings.HasPrefix(e.Name, c.name) }) {
			continue
		}
		name := c.name
		if name == "node/log-" {
			name += "*"
		}
		if c.why != "" {
			name += " (" + c.why + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// belief is what the engine holds to be true of one node.
type belief struct {
	Node     plan.Node                   `json:"node"`
	Run      render.Summary              `json:"run"`
	Lanes    []believedLane              `json:"lanes"`
	Findings map[plan.StepID][]plan.Note `json:"findings,omitempty"` // of a step under way
	Look     *plan.Observation           `json:"look,omitempty"`     // of the cluster, as the run was left
}

type believedLane struct {
	Stage  string       `json:"stage"`
	Phase  string       `json:"phase"`
	Step   plan.StepID  `json:"step"`
	Tries  int          `json:"tries,omitempty"`
	Began  time.Time    `json:"began"`
	Since  time.Time    `json:"since"`
	Report *plan.Report `json:"report,omitempty"`
}

// believes is the fold of the journal as far as the node is concerned.
func believes(s orchestrator.State, name inventory.NodeName) belief {
	planned, _ := s.Plan.Node(name)
	b := belief{Node: planned, Run: render.Summarize(s.View(time.Now())), Findings: map[plan.StepID][]plan.Note{}, Look: s.Look}
	for i, st := range s.Plan.Stages {
		for k, ln := range st.Lanes {
			if ln.Node != name || i >= len(s.Lanes) {
				continue
			}
			l := s.Lanes[i][k]
			b.Lanes = append(b.Lanes, believedLane{st.ID, l.Phase.String(), ln.Steps[min(l.Step, len(ln.Steps)-1)].ID, l.Attempt(ln.Steps[min(l.Step, len(ln.Steps)-1)]) - 1, l.Began, l.Since, l.Report})
			for _, step := range ln.Steps {
				if notes := s.Findings[step.ID]; len(notes) > 0 {
					b.Findings[step.ID] = notes
				}
			}
		}
	}
	return b
}

func (b belief) entry() pack.Entry {
	e := pack.Entry{Name: "believed.json"}
	body, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		e.Lack = err.Error()
		return e
	}
	e.Body = append(journal.Escape(body), '\n')
	return e
}
