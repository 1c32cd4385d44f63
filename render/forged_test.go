package render

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/forgery"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// forgedRun is a stopped run in which every text that a node can choose is forged.
func forgedRun() orchestrator.State {
	step := plan.Step{ID: "general/a1/serve", Node: "a1", Action: plan.ActionServe}
	p := &plan.Plan{ID: "0123456789ab", From: "2.1.0", To: "2.1.1", Nodes: []plan.Node{{Name: "a1", Role: dcos.PrivateAgent, Disposition: plan.Patch}},
		Stages: []plan.Stage{{ID: "general", Kind: plan.StageGroup, Width: 1, Lanes: []plan.Lane{{Node: "a1", Steps: []plan.Step{{ID: "general/a1/patch", Node: "a1", Action: plan.ActionPatch}, step}}}}}}
	s := orchestrator.Replay(orchestrator.New(), journal.Event{Seq: 1, At: time.Now(), Kind: journal.RunStarted, Run: "1121-2200-abcd", Plan: p, Controller: forgery.Text, Epoch: 1})
	bad := dcos.Finding{Check: "registered", Node: forgery.Text, Status: dcos.Failed, Observed: forgery.Text, Want: forgery.Text, Hint: forgery.Text}
	s.Lanes = [][]orchestrator.Lane{{{Phase: orchestrator.Broken, Step: 1, States: []orchestrator.StepState{{Ran: orchestrator.Ran{Detail: forgery.Text}}}, ParkReason: "",
		Report: &plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: forgery.Text, Findings: []dcos.Finding{bad}}}}}
	s.Stop = &journal.Stop{Reason: journal.StopFailed, Step: step.ID, Node: "a1", Detail: forgery.Text}
	s.Ended, s.HeldSince, s.HeldWhy = journal.RunStopped, time.Now(), forgery.Text
	s.Seen = &plan.Observation{Findings: []dcos.Finding{bad}}
	s.Findings[step.ID] = []plan.Note{{Finding: &bad}}
	return s
}

func TestANodeForgesNoLineOfTheEnd(t *testing.T) {
	s, p := forgedRun(), Program{}
	forgery.OnlyOurs(t, "ending", p.Ending(s.View(time.Now())))
	forgery.OnlyOurs(t, "closing", p.Closing(s.View(time.Now())))
	forgery.OnlyOurs(t, "status", p.Status(s.View(time.Now())))
	forgery.OnlyOurs(t, "preview", Preview(s.View(time.Now()), Origin{Copy: forgery.Text, Script: forgery.Text}))
	running := s
	running.Stop, running.Ended = nil, ""
	running.Flight = []int{0}
	forgery.OnlyOurs(t, "status while it runs", p.Status(running.View(time.Now())))
	s.Stop, s.Ended = nil, journal.RunDone
	s.Lanes[0][0].Phase = orchestrator.Parked
	forgery.OnlyOurs(t, "done", p.Ending(s.View(time.Now()))+p.Closing(s.View(time.Now()))+p.Status(s.View(time.Now())))
}

// TestANameInACommandIsQuoted: pasted, it runs nothing but dcos-patch.
func TestANameInACommandIsQuoted(t *testing.T) {
	s := forgedRun()
	s.Run = "1121;reboot"
	s.Stop.Node = inventory.NodeName("a1;reboot")
	all := (Program{}).onward(s.View(time.Now()))
	if !slices.ContainsFunc(all, func(c string) bool { return strings.Contains(c, "'a1;reboot'") }) {
		t.Errorf("no command names the node: %q", all)
	}
	for _, c := range all {
		if strings.Contains(strings.ReplaceAll(strings.ReplaceAll(c, "'a1;reboot'", ""), "'1121;reboot'", ""), ";reboot") {
			t.Errorf("not quoted: %s", c)
		}
	}
}
