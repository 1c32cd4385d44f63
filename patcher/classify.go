package patcher

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
	Node     string
	Script   dcos.Script
	Attempt  int
	Receipts []node.Receipt // of this script
	Survey   node.Survey
}

// classify judges how an attempt has ended from the node's own evidence. The
// script's exit code only chooses between explanations: 1 can mean applied,
// and 0 proves nothing (FACTS 0.1, 1.7).
func classify(ev evidence) plan.Report {
	r, ok := ev.receipt()
	atTarget := dcos.SamePackages(ev.Survey.Active, ev.Script.Packages)
	switch {
	case !ok && atTarget && !ev.Survey.MidSwap:
		return plan.Report{Outcome: plan.Done, Detail: "active packages are the target's already, and not by a script of ours"}
	case !ok:
		return plan.Report{Outcome: plan.NotRun, Detail: "the node has no receipt of this attempt"}
	case r.State == node.Running:
		return plan.Report{Outcome: plan.Running, Detail: "the script is running as " + r.Unit}
	case r.State != node.Exited && r.State != node.Lost:
		return plan.Report{Outcome: plan.InDoubt, Detail: "the node's receipt has no readable state"}
	}
	how := "ended without an exit code (reboot or kill)"
	if r.State == node.Exited {
		how = fmt.Sprintf("exit %d", r.Code)
	}
	switch {
	case ev.Survey.MidSwap:
		return failed(plan.MidSwap, "script %s, and install_progress exists: services are stopped and files half moved; a human must finish the swap", how)
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

func failed(c plan.Class, format string, args ...any) plan.Report {
	return plan.Report{Outcome: plan.Failed, Class: c, Detail: fmt.Sprintf(format, args...)}
}

// receipt finds the attempt's own receipt; a later attempt means that ours is
// over, and is not ours to judge.
func (ev evidence) receipt() (node.Receipt, bool) {
	for _, r := range ev.Receipts {
		if r.Attempt == ev.Attempt {
			return r, true
		}
	}
	return node.Receipt{}, false
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
