package steps

import (
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/swap"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

func TestHowAnAttemptEndedIsJudgedByTheNodeNotByTheExitCode(t *testing.T) {
	old, target := []string{"dcos-config--setup_1", "mesos--1"}, []string{"dcos-config--setup_2", "mesos--2"}
	other := []string{"dcos-config--setup_3", "mesos--2"}
	ended := func(code int) []node.Receipt {
		return []node.Receipt{{Run: "r", Attempt: 1, State: node.Exited, Code: code, ActiveSum: activeSum(old)}}
	}
	lost := []node.Receipt{{Run: "r", Attempt: 1, State: node.Lost, ActiveSum: activeSum(old)}}
	foreign := func(state node.RunState, code int) []node.Receipt {
		return []node.Receipt{{Run: "other", Attempt: 1, State: state, Code: code, ActiveSum: activeSum(old)}}
	}
	for _, c := range []struct {
		name     string
		receipts []node.Receipt
		active   []string
		midSwap  bool
		outcome  plan.Outcome
		class    plan.Class
	}{
		{"no receipt and the old packages: it never ran", nil, old, false, plan.NotRun, ""},
		{"no receipt and the target's packages: somebody else did it", nil, target, false, plan.Done, ""},
		{"no receipt in the middle of somebody's swap is not a fresh start", nil, old, true, plan.NotRun, ""},
		{"still running", []node.Receipt{{Run: "r", Attempt: 1, State: node.Running}}, old, false, plan.Running, ""},
		{"still running in the middle of its swap", []node.Receipt{{Run: "r", Attempt: 1, State: node.Running}}, nil, true, plan.Running, ""},
		{"exit 0 and the target's packages", ended(0), target, false, plan.Done, ""},
		{"exit 0 proves nothing when the packages are the old ones", ended(0), old, false, plan.Failed, plan.BeforeSwap},
		{"exit 1 and the old packages: the fetch failed", ended(1), old, false, plan.Failed, plan.BeforeSwap},
		{"exit 1 and the target's packages: applied, not started", ended(1), target, false, plan.Failed, plan.NotStarted},
		{"exit 1 in the middle of a swap", ended(1), old, true, plan.Failed, plan.MidSwap},
		{"exit 0 in the middle of a swap", ended(0), target, true, plan.Failed, plan.MidSwap},
		{"a cut swap that was finished", []node.Receipt{{Run: "r", Attempt: 1, State: node.Exited, Code: 1, Finish: node.FinishDone}}, target, false, plan.Done, ""},
		{"a cut swap that was finished, and not started", []node.Receipt{{Run: "r", Attempt: 1, State: node.Lost, Finish: node.FinishBegun}}, target, false, plan.Failed, plan.NotStarted},
		{"a cut swap whose finishing was cut", []node.Receipt{{Run: "r", Attempt: 1, State: node.Lost, Finish: node.FinishBegun}}, nil, true, plan.Failed, plan.MidSwap},
		{"a swap that was finished to other packages", []node.Receipt{{Run: "r", Attempt: 1, State: node.Exited, Code: 1, Finish: node.FinishDone}}, other, false, plan.Failed, plan.MidSwap},
		{"packages that are neither", ended(1), other, false, plan.Failed, plan.MidSwap},
		{"no packages at all", ended(1), nil, false, plan.Failed, plan.MidSwap},
		{"lost by a reboot, applied", lost, target, false, plan.Done, ""},
		{"lost by a reboot, before the swap", lost, old, false, plan.Failed, plan.BeforeSwap},
		{"lost by a reboot, in the swap", lost, old, true, plan.Failed, plan.MidSwap},
		{"lost without a reboot, in the swap", []node.Receipt{{Run: "r", Attempt: 1, State: node.Lost, BootID: "now"}}, old, true, plan.Failed, plan.MidSwap},
		{"ended in the swap, then rebooted", []node.Receipt{{Run: "r", Attempt: 1, State: node.Exited, Code: 1, BootID: "before"}}, old, true, plan.Failed, plan.MidSwap},
		{"a receipt without a readable state", []node.Receipt{{Run: "r", Attempt: 1}}, target, false, plan.InDoubt, ""},
		{"a receipt without the old packages' hash proves nothing harmless", []node.Receipt{{Run: "r", Attempt: 1, State: node.Exited, Code: 1}}, old, false, plan.Failed, plan.MidSwap},
		{"another run's harmless attempt leaves ours to begin", foreign(node.Exited, 1), old, false, plan.NotRun, ""},
		{"another run's attempt that runs is adopted", foreign(node.Running, 0), old, false, plan.Running, ""},
		{"another run's attempt that applied it", foreign(node.Exited, 0), target, false, plan.Done, ""},
		{"a launch that died before its receipt was written: it never began", []node.Receipt{{Attempt: 1, State: node.Unbegun}}, old, false, plan.NotRun, ""},
		{"a launch whose unit never began", []node.Receipt{{Run: "r", Attempt: 1, State: node.Unbegun, ActiveSum: activeSum(old)}}, old, false, plan.NotRun, ""},
		{"an attempt that was called off", []node.Receipt{{Run: "r", Attempt: 1, State: node.CalledOff}}, old, false, plan.NotRun, ""},
		{"a half-written launch after one that broke the node", append(foreign(node.Exited, 1), node.Receipt{Attempt: 2, State: node.Unbegun}), other, false, plan.Failed, plan.MidSwap},
		{"a half-written launch after one that runs", append(foreign(node.Running, 0), node.Receipt{Attempt: 2, State: node.Unbegun}), old, false, plan.Running, ""},
		{"a half-written launch on a node that is at the target", []node.Receipt{{Attempt: 1, State: node.Unbegun}}, target, false, plan.Done, ""},
		{"another run's attempt that broke the node", foreign(node.Exited, 1), other, false, plan.Failed, plan.MidSwap},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := classify(evidence{Script: dcos.Script{Packages: target}, Run: "r", Attempt: 1, Receipts: c.receipts,
				Survey: node.Survey{Active: c.active, MidSwap: c.midSwap, BootID: "now"}})
			if got.Outcome != c.outcome || got.Class != c.class {
				t.Errorf("got %s %q (%s), want %s %q", got.Outcome, got.Class, got.Detail, c.outcome, c.class)
			}
			if got.Detail == "" {
				t.Error("no word about why")
			}
		})
	}
}

func TestAUnitWithoutAReceiptIsNoFreshStart(t *testing.T) {
	got := classify(evidence{Script: dcos.Script{Packages: []string{"mesos--2"}}, Run: "r", Attempt: 1,
		Survey: node.Survey{Active: []string{"mesos--1"}, PatchUnits: []node.PatchUnit{{Name: "dcos-patch-x-1.service", State: "active"}}}})
	if got.Outcome != plan.InDoubt {
		t.Errorf("%+v, want in doubt", got)
	}
}

func TestWhatMayStillBeginIsCalledOff(t *testing.T) {
	unbegun := func(n int) node.Receipt { return node.Receipt{Attempt: n, State: node.Unbegun} }
	exited := func(n int) node.Receipt { return node.Receipt{Attempt: n, State: node.Exited} }
	for _, c := range []struct {
		name     string
		receipts []node.Receipt
		attempt  int
		want     []int
	}{
		{"a launch that the node has heard nothing of", nil, 1, []int{1}},
		{"one of an earlier controller, whose number is not known", []node.Receipt{exited(1)}, 0, []int{2}},
		{"one that died half-way", []node.Receipt{exited(1), unbegun(2)}, 2, []int{2}},
		{"one that died half-way, and one on its way", []node.Receipt{unbegun(1)}, 2, []int{1, 2}},
		{"one whose number another run has used", []node.Receipt{exited(1)}, 1, nil},
	} {
		if got := (evidence{Receipts: c.receipts}).unfenced(c.attempt); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAttemptsAreTheRunsOwnAndNumbersTheNodes(t *testing.T) {
	old := []string{"mesos--1"}
	harmless := func(run string, n int) node.Receipt {
		return node.Receipt{Run: run, Attempt: n, State: node.Exited, Code: 1, ActiveSum: activeSum(old)}
	}
	ev := evidence{Run: "r", Attempt: 2, Script: dcos.Script{Packages: []string{"mesos--2"}}, Survey: node.Survey{Active: old},
		Receipts: []node.Receipt{harmless("a", 1), harmless("r", 2), harmless("r", 3)}}
	if r, ok := ev.receipt(); !ok || r.Attempt != 3 {
		t.Errorf("the run's second attempt is %+v %v, want the node's third", r, ok)
	}
	ev.Attempt = 3
	if _, ok := ev.receipt(); ok || ev.next() != 4 {
		t.Errorf("the run's third attempt exists, or is to be number %d; want none, and 4", ev.next())
	}
}

// A reboot in the swap is classified position by position, as real nodes were:
// what dcos-setup.service finishes is waited for, and nothing else is.
func TestAfterARebootOnlyWhatBootFinishesIsWaitedFor(t *testing.T) {
	old, target := []string{"mesos--1"}, []string{"mesos--2"}
	sides := map[string][]string{"old": old, "new": target}
	for _, p := range swap.Positions() {
		ev := evidence{Script: dcos.Script{Packages: target}, Run: "r", Attempt: 1,
			Receipts: []node.Receipt{{Run: "r", Attempt: 1, State: node.Lost, BootID: "before", ActiveSum: activeSum(old)}},
			Survey: node.Survey{BootID: "now", MidSwap: true, Active: sides[p.Active],
				CutSwap: dcos.CutSwap{Stage: p.Stage, Missing: strings.Fields(p.Missing), Units: map[int]int{1: 2, 2: 2, 3: 2, 4: 1, 27: 1, 28: 2}[p.At], Setup: "inactive"}}}
		want := plan.Failed
		if p.Boot {
			want = plan.Running
		}
		if got := classify(ev); got.Outcome != want || got.Class != plan.MidSwap {
			t.Errorf("position %d: %s %q (%s), want %s", p.At, got.Outcome, got.Class, got.Detail, want)
		}
		ev.Survey.CutSwap.Setup = "failed"
		if got := classify(ev); got.Outcome != plan.Failed || got.Class != plan.MidSwap {
			t.Errorf("position %d, dcos-setup failed: %s %q (%s)", p.At, got.Outcome, got.Class, got.Detail)
		}
		ev.Survey.CutSwap.Setup, ev.Survey.BootID = "inactive", "before"
		if got := classify(ev); got.Outcome != plan.Failed || got.Class != plan.MidSwap {
			t.Errorf("position %d, without a reboot: %s %q (%s)", p.At, got.Outcome, got.Class, got.Detail)
		}
	}
}
