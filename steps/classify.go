package steps

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// evidence is what a node says about one attempt of a script.
type evidence struct {
	Script   dcos.Script
	Run      string         // whose attempt it is
	Cluster  string         // its id
	Attempt  int            // of the run, 1 for the first; the node counts those of all runs
	Receipts []node.Receipt // of this script, ascending
	Survey   node.Survey
}

// classify judges how an attempt has ended from the node's own evidence. The
// script's exit code only chooses between explanations: 1 can mean applied,
// and 0 proves nothing (FACTS 0.1, 1.7).
func classify(ev evidence) plan.Report {
	r, ok := ev.receipt()
	atTarget := dcos.SamePackages(ev.Survey.Active, ev.Script.Packages)
	switch {
	case !ok && ev.Survey.RunningUnit() != "":
		return plan.Report{Outcome: plan.InDoubt, Detail: ev.Survey.RunningUnit() + " is running, and no receipt of this script tells of it"}
	case !ok && atTarget && !ev.Survey.MidSwap:
		return plan.Report{Outcome: plan.Done, Detail: "active packages are the target's already, and not by a script of dcos-patch"}
	case !ok:
		return plan.Report{Outcome: plan.NotRun, Detail: ev.unbegunWords()}
	case r.State == node.Running:
		return plan.Report{Outcome: plan.Running, Detail: "the script is running as " + r.Unit + noRoom(ev.Survey.FreeKB)}
	case r.State != node.Exited && r.State != node.Lost:
		return plan.Report{Outcome: plan.InDoubt, Detail: "the node's receipt has no readable state"}
	}
	return ev.over(r)
}

// unbegunWords is why no script of this attempt has run.
func (ev evidence) unbegunWords() string {
	for _, r := range slices.Backward(ev.Receipts) {
		switch {
		case r.State == node.Unbegun && r.Run == "":
			return fmt.Sprintf("attempt %d never began: its launch died before the receipt was written, as on a full disk or a loss of power", r.Attempt)
		case r.State == node.Unbegun:
			return fmt.Sprintf("attempt %d never began: it was launched and its unit is gone", r.Attempt)
		}
	}
	return "the node has no receipt of this attempt"
}

// noRoom says what a full disk may hide: a unit whose script has ended counts as
// running until it has written down how.
func noRoom(freeKB int64) string {
	if freeKB >= 1024 {
		return ""
	}
	return fmt.Sprintf("; %d kB are free below /opt/mesosphere: it may have ended, and cannot write down how; make room on the node", freeKB)
}

// over judges an attempt that runs no more.
func (ev evidence) over(r node.Receipt) plan.Report {
	atTarget := dcos.SamePackages(ev.Survey.Active, ev.Script.Packages)
	how := "ended without an exit code (reboot, kill or full disk)"
	if r.State == node.Exited {
		how = fmt.Sprintf("exit %d", r.Code)
	}
	switch {
	case ev.Survey.MidSwap:
		return ev.cut(r, how)
	case atTarget && r.Finish == node.FinishDone:
		return plan.Report{Outcome: plan.Done, Detail: fmt.Sprintf("script %s, and its cut swap was finished by finish-swap; active packages are the target's %d", how, len(ev.Script.Packages))}
	case atTarget && r.Finish == node.FinishBegun:
		return failed(plan.NotStarted, "script %s, and its cut swap was finished, but finish-swap was cut before it had started the services", how)
	case len(ev.Survey.Active) == 0:
		return failed(plan.MidSwap, "script %s, and the node lists no active packages: a human must look", how)
	case atTarget && (r.State == node.Lost || r.Code == 0):
		return plan.Report{Outcome: plan.Done, Detail: fmt.Sprintf("script %s; active packages are the target's %d", how, len(ev.Script.Packages))}
	case atTarget:
		return failed(plan.NotStarted, "script %s, but active packages are the target's: it was applied and the services were not started", how)
	case r.ActiveSum != "" && activeSum(ev.Survey.Active) == r.ActiveSum:
		return failed(plan.BeforeSwap, "script %s before the swap: active packages are what they were, nothing was stopped", how)
	default:
		return failed(plan.MidSwap, "script %s, and active packages are neither the old set nor the target's: a human must look", how)
	}
}

// cut judges an attempt whose swap was cut. After a reboot dcos-setup finishes it
// only where it had hardly begun; nothing else on the node does.
func (ev evidence) cut(r node.Receipt, how string) plan.Report {
	swap := ev.Survey.CutSwap
	if r.State == node.Lost && rebooted(r, ev.Survey) {
		boots, why := swap.FinishesAtBoot()
		if boots {
			return plan.Report{Outcome: plan.Running, Class: plan.MidSwap, Detail: fmt.Sprintf("the node rebooted, and its swap was %s: %s finishes it at boot", swap, dcos.SetupUnit)}
		}
		how += fmt.Sprintf("; %s cannot finish the swap: %s", dcos.SetupUnit, why)
	}
	return failed(plan.MidSwap, "script %s; its swap was %s; services are stopped", how, swap)
}

// rebooted reports whether the node is proved to have booted since the attempt
// was launched.
func rebooted(r node.Receipt, s node.Survey) bool {
	return r.BootID != "" && s.BootID != "" && (r.BootID != s.BootID || r.PID1Start != s.PID1Start)
}

func failed(c plan.Class, format string, args ...any) plan.Report {
	return plan.Report{Outcome: plan.Failed, Class: c, Detail: fmt.Sprintf(format, args...)}
}

// receipt finds what the node recorded of the attempt. Where it recorded
// nothing, an attempt of another run that is under way, or that may have
// changed the node, speaks for it: nothing may be started beside or after it.
func (ev evidence) receipt() (node.Receipt, bool) {
	n := 0
	begun := ev.begun()
	for _, r := range begun {
		if r.Run != ev.Run {
			continue
		}
		if n++; n == ev.Attempt {
			return r, true
		}
	}
	if len(begun) == 0 {
		return node.Receipt{}, false
	}
	last := begun[len(begun)-1]
	ended := last.State == node.Exited || last.State == node.Lost
	if ended && ev.over(last).Class == plan.BeforeSwap {
		return node.Receipt{}, false
	}
	return last, true
}

// begun are the attempts whose script has run, or may have.
func (ev evidence) begun() []node.Receipt {
	return slices.DeleteFunc(slices.Clone(ev.Receipts), func(r node.Receipt) bool {
		return r.State == node.Unbegun || r.State == node.CalledOff || ev.foreign(r)
	})
}

// foreign reports whether an attempt that is over was another cluster's, before this
// node was set up for ours: it says nothing of it now.
func (ev evidence) foreign(r node.Receipt) bool {
	return r.Cluster != "" && ev.Cluster != "" && r.Cluster != ev.Cluster && (r.State == node.Exited || r.State == node.Lost)
}

// foreignWords names such attempts; empty when there are none.
func (ev evidence) foreignWords() string {
	var all []string
	for _, r := range ev.Receipts {
		if ev.foreign(r) {
			all = append(all, fmt.Sprintf("attempt %d was of cluster %s", r.Attempt, node.Said(r.Cluster)))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return strings.Join(all, ", ") + ": not counted, since the node serves this cluster now"
}

// next is the number that the node will know a new attempt by.
func (ev evidence) next() int {
	if len(ev.Receipts) == 0 {
		return 1
	}
	return ev.Receipts[len(ev.Receipts)-1].Attempt + 1
}

// unfenced are the attempts that may still begin: those that were launched and
// have not begun, and the one that the node has heard nothing of. attempt is
// its number; 0: not known, it is the next.
func (ev evidence) unfenced(attempt int) []int {
	if attempt == 0 {
		attempt = ev.next()
	}
	var all []int
	for _, r := range ev.Receipts {
		if r.State == node.Unbegun {
			all = append(all, r.Attempt)
		}
		if r.Attempt == attempt {
			attempt = 0
		}
	}
	if attempt > 0 {
		all = append(all, attempt)
	}
	return all
}

// activeSum is the hash that the node program writes into `started`.
func activeSum(active []string) string {
	ids := slices.Sorted(slices.Values(active))
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(id + "\n")
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}
