package steps

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestWhatIsActiveDoesNotOverruleTheReceipt: a script that still runs has not
// ended, whatever is active, and a node without any active package is broken
// even if it had none before.
func TestWhatIsActiveDoesNotOverruleTheReceipt(t *testing.T) {
	target := []string{"mesos--2"}
	for _, c := range []struct {
		name    string
		receipt node.Receipt
		active  []string
		outcome plan.Outcome
		class   plan.Class
	}{
		{"running, with the target's packages active", node.Receipt{Run: "r", Attempt: 1, State: node.Running}, target, plan.Running, ""},
		{"ended, without packages before and after", node.Receipt{Run: "r", Attempt: 1, State: node.Exited, Code: 1, ActiveSum: activeSum(nil)}, nil, plan.Failed, plan.MidSwap},
	} {
		got := classify(evidence{Script: dcos.Script{Packages: target}, Run: "r", Attempt: 1, Receipts: []node.Receipt{c.receipt}, Survey: node.Survey{Active: c.active}})
		if got.Outcome != c.outcome || got.Class != c.class {
			t.Errorf("%s: %s %q (%s), want %s %q", c.name, got.Outcome, got.Class, got.Detail, c.outcome, c.class)
		}
	}
}
