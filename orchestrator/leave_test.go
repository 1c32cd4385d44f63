package orchestrator

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

func TestWhetherItIsSafeToLeaveFollowsTheLastLook(t *testing.T) {
	red := dcos.Finding{Check: "exhibitor", Observed: "2/3 serve"}
	for _, x := range []struct {
		name string
		obs  *plan.Observation
		safe bool
		says string
	}{
		{"nobody has looked", nil, true, "masters"},
		{"all is well", &plan.Observation{Green: true}, true, "masters"},
		{"an agent is away", &plan.Observation{Green: true, Out: []inventory.NodeName{"a1"}}, true, "out of service: a1"},
		{"many are", &plan.Observation{Green: true, Out: []inventory.NodeName{"a1", "a2", "a3", "a4", "a5", "a6", "a7"}}, true, "a5, and 2 more"},
		{"a master does not serve", &plan.Observation{Findings: []dcos.Finding{red}}, false, "exhibitor: 2/3 serve"},
		{"nothing could be read", &plan.Observation{}, false, "not whole"},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newTape(testPlan(shape{masters: 3, agents: 7}))
			r.add(journal.Event{Kind: journal.RunStopped, Stop: &journal.Stop{Reason: journal.StopHeld}})
			if x.obs != nil {
				r.add(journal.Event{Kind: journal.Observed, Observation: x.obs, Asked: r.s.Seq})
			}
			got := r.s.SafeToLeave()
			if got.Safe != x.safe || !strings.Contains(got.Why, x.says) {
				t.Errorf("%+v", got)
			}
			r.add(journal.Event{Kind: journal.RunResumed})
			if r.s.Look != nil {
				t.Error("the look of before is remembered after a resume")
			}
		})
	}
}

// TestItIsNotSafeToLeaveAScriptThatWasFoundRunning: a controller may die between the
// answer that the script of an agent runs, and the start that watches it.
func TestItIsNotSafeToLeaveAScriptThatWasFoundRunning(t *testing.T) {
	r := newTape(testPlan(shape{agents: 1, width: 1}))
	for r.settle(); r.s.Flight == nil || r.cmds[0].Start == nil || r.cmds[0].Start.Step.ID != "general/a1/patch"; r.settle() {
		switch c := r.cmds[0]; {
		case c.Observe != nil:
			r.add(journal.Event{Kind: journal.Observed, Observation: &plan.Observation{Green: true}, Asked: r.s.Seq})
		case c.Start != nil:
			r.add(journal.Event{Kind: journal.StepStarted, Step: c.Start.Step.ID, Attempt: 1})
			r.add(journal.Event{Kind: journal.StepEnded, Step: c.Start.Step.ID, Report: &plan.Report{Outcome: plan.Done, Evidence: []byte("{}"), Ready: &plan.Ready{Attempt: 1, BootID: "b", Uptime: 1}}})
		}
	}
	r.add(journal.Event{Kind: journal.StepStarted, Step: "general/a1/patch", Attempt: 1})
	r.add(journal.Event{Kind: journal.RunResumed, Epoch: 2})
	r.add(journal.Event{Kind: journal.Reconciled, Step: "general/a1/patch", Report: &plan.Report{Outcome: plan.Running}})
	if got := r.s.SafeToLeave(); got.Safe || !strings.Contains(got.Why, "running on a1") {
		t.Errorf("%+v", got)
	}
}

// TestThatItIsSafeToLeaveIsOnlySaidFromAFreshLook: a journal tells nothing of
// what became of the cluster after its last line.
func TestThatItIsSafeToLeaveIsOnlySaidFromAFreshLook(t *testing.T) {
	whole, red := &plan.Observation{Green: true}, &plan.Observation{}
	for _, x := range []struct {
		name          string
		changed       bool
		obs           *plan.Observation
		later         time.Duration
		safe, unknown bool
		says          string
	}{
		{"it has just been looked at", true, whole, time.Second, true, false, "masters 3/3 serve"},
		{"it was looked at an hour ago", true, whole, time.Hour, false, true, "1h0m0s ago (masters 3/3 serve"},
		{"it was not whole an hour ago", true, red, time.Hour, false, false, "not whole"},
		{"nobody has looked since agents were patched", true, nil, time.Second, false, true, "not been looked at"},
		{"nothing was begun", false, nil, time.Hour, true, false, "changed nothing"},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newTape(testPlan(shape{masters: 3, agents: 2}))
			if x.changed {
				r.until("general/a1/patch")
			}
			r.add(journal.Event{Kind: journal.RunStopped, Stop: &journal.Stop{Reason: journal.StopHeld}})
			if x.obs != nil {
				r.add(journal.Event{Kind: journal.Observed, Observation: x.obs, Asked: r.s.Seq})
			}
			if got := r.s.LeaveAt(r.s.At.Add(x.later)); got.Safe != x.safe || got.Unknown != x.unknown || !strings.Contains(got.Why, x.says) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestItIsSaidOnlyOfNewerMastersThatOlderAgentsWork(t *testing.T) {
	tp := newTape(testPlan(shape{masters: 3, agents: 2, width: 1, maxOut: 1}))
	if why := tp.s.SafeToLeave().Why; why != "masters 3/3 serve" {
		t.Errorf("nothing is patched: %s", why)
	}
	tp.toStage(t, "general")
	if why := tp.s.SafeToLeave().Why; why != "masters 3/3 serve; older agents under newer masters work" {
		t.Errorf("the masters are patched: %s", why)
	}
}
