package patcher

import (
	"context"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// AtRest tells whether nothing is under way on a node that gates do not ask
// for: no patch runs on it, and no swap of packages was cut short.
func AtRest(ctx context.Context, nodes Nodes, name inventory.NodeName) (f dcos.Finding, runs bool) {
	f = dcos.Finding{Check: "at-rest", Node: string(name), Want: "no patch under way"}
	seen := Look(ctx, nodes, []inventory.NodeName{name})[0]
	unit := seen.Busy()
	switch {
	case seen.Err != nil:
		f.Observed = seen.Err.Error()
	case unit != "": // in whose middle a swap is no news
		f.Status, f.Observed = dcos.Failed, "a patch runs on it: "+unit
	case seen.Survey.MidSwap:
		f.Status, f.Observed = dcos.Failed, "its swap of packages was cut short: "+dcos.InstallProgress+" exists"
		f.Hint = "a person has to finish it: see the runbook, section mid-swap"
	default:
		f.Status, f.Observed = dcos.Passed, "no patch runs on it, and no swap was cut short"
	}
	return f, unit != ""
}
