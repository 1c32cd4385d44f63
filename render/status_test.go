package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// manyLanes is a run with many lanes in flight.
func manyLanes(lanes int) orchestrator.State {
	p := &plan.Plan{ID: "0123456789ab", From: "2.1.0", To: "2.1.1", Cluster: plan.ClusterRef{Name: "prod"}, Stages: []plan.Stage{{ID: "general", Kind: plan.StageGroup, Width: lanes, Estimate: plan.Duration(time.Hour)}}}
	for i := range lanes {
		n := inventory.NodeName(fmt.Sprintf("a%03d", i+1))
		p.Nodes = append(p.Nodes, plan.Node{Name: n, Role: dcos.PrivateAgent, Disposition: plan.Patch})
		p.Stages[0].Lanes = append(p.Stages[0].Lanes, plan.Lane{Node: n, Steps: []plan.Step{{ID: plan.StepID("general/" + string(n) + "/bake"), Node: n, Action: plan.ActionBake, Span: plan.Duration(15 * time.Minute)}}})
	}
	at := time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)
	s := orchestrator.Replay(orchestrator.New(), journal.Event{Seq: 1, At: at, Kind: journal.RunStarted, Run: "1121-2200-abcd", Plan: p, Epoch: 1})
	s.At, s.Flight = at, nil
	for i := range lanes {
		s.Flight = append(s.Flight, i)
		s.Lanes[0][i] = orchestrator.Lane{Phase: orchestrator.Admitted, Progress: orchestrator.Started, Since: at}
	}
	return s
}

// TestTheHeadlineStaysOnTwentyFourRows: the last line, above the prompt, says how it is.
func TestTheHeadlineStaysOnTwentyFourRows(t *testing.T) {
	for _, lanes := range []int{1, 5, 200} {
		text := (Program{}).Status(manyLanes(lanes).View(time.Date(2026, 11, 21, 22, 5, 0, 0, time.UTC)))
		rows := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if shown := rows[max(0, len(rows)-23):]; !strings.Contains(strings.Join(shown, "\n"), "prod  run 1121-2200-abcd  RUNNING") {
			t.Errorf("%d lanes: the headline has scrolled away:\n%s", lanes, text)
		}
		if !strings.Contains(text, "bake") || !strings.Contains(text, "until "+time.Date(2026, 11, 21, 22, 15, 0, 0, time.UTC).Local().Format("15:04:05")) {
			t.Errorf("%d lanes: the bake's end is not said:\n%s", lanes, text)
		}
		if lanes == 200 && !strings.Contains(text, "more in flight") {
			t.Errorf("%d rows of 200 lanes:\n%s", len(rows), text)
		}
	}
}

func TestSafeToLeaveSaysUntilWhen(t *testing.T) {
	at := time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		change func(*orchestrator.State)
		want   string
	}{
		{"nothing of it ends", func(*orchestrator.State) {}, "SAFE TO LEAVE: yes. "},
		{"a waiver ends", func(s *orchestrator.State) {
			s.Plan.Waivers = []plan.Waiver{{Check: "disk", Node: "a001", Until: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}}
		}, "SAFE TO LEAVE: yes, until " + time.Date(2026, 11, 23, 0, 0, 0, 0, time.Local).Format("2 Jan 15:04 MST") + " (the waiver of disk on a001 ends). "},
		{"Mesos waits for an agent", func(s *orchestrator.State) {
			s.Lanes[0][0].Phase = orchestrator.Broken
			s.Lanes[0][0].Report = &plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Findings: []dcos.Finding{{Check: "registered", Status: dcos.Failed, Deadline: at.Add(4 * time.Minute)}}}
		}, "SAFE TO LEAVE: yes, until " + at.Add(4*time.Minute).Local().Format("2 Jan 15:04 MST") + " (Mesos marks a001 unreachable). "},
	} {
		s := manyLanes(1)
		s.Flight, s.Lanes[0][0].Phase, s.Lanes[0][0].Progress = nil, orchestrator.Pending, orchestrator.Idle
		s.Stop, s.Ended = &journal.Stop{Reason: journal.StopFailed}, journal.RunStopped
		s.Look, s.LookAt = &plan.Observation{Green: true}, at
		c.change(&s)
		if got := (Program{}).Leave(s.View(at.Add(time.Minute))); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
