package checks

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
)

func TestWhatIsUnderWayOnAnyMasterIsRed(t *testing.T) {
	unit := func(state string) node.Survey {
		return node.Survey{PatchUnits: []node.PatchUnit{{Name: "dcos-patch-9ad1-1.service", State: state}}}
	}
	receipt := func(s node.RunState) node.Survey {
		return node.Survey{Receipts: []node.Receipt{{SHA256: "9ad1", Attempt: 1, State: node.Exited}, {SHA256: "9ad1", Attempt: 2, State: s}}}
	}
	for _, c := range []struct {
		name   string
		survey node.Survey
		err    error
		status dcos.Status
		says   string
	}{
		{"nothing was ever done", node.Survey{}, nil, dcos.Passed, "nothing is under way on 3 masters"},
		{"a unit that runs", unit("active"), nil, dcos.Failed, "m2: a patch runs on it: dcos-patch-9ad1-1.service"},
		{"a unit that is about to start", unit("activating"), nil, dcos.Failed, "a patch runs on it"},
		{"a unit that has ended", unit("inactive"), nil, dcos.Passed, ""},
		{"a unit that has failed", unit("failed"), nil, dcos.Passed, ""},
		{"a receipt without an end", receipt(node.Running), nil, dcos.Failed, "attempt 2 of script 9ad1 was begun on it"},
		{"a receipt that cannot be read", receipt(node.RunUnknown), nil, dcos.Failed, "its end is not known"},
		{"a receipt whose unit is gone", receipt(node.Lost), nil, dcos.Passed, ""},
		{"a launch that has not begun", receipt(node.Unbegun), nil, dcos.Passed, ""},
		{"an attempt that was called off", receipt(node.CalledOff), nil, dcos.Passed, ""},
		{"a swap that was cut short", node.Survey{MidSwap: true}, nil, dcos.Failed, "m2: its swap of packages was cut short"},
		{"a master that does not answer", node.Survey{}, errors.New("no route"), dcos.Unknown, "m2: no route"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v view
			for i, n := range threeMasters() {
				m := masterLook{node: n}
				if i == 1 {
					m.survey, m.surveyErr = c.survey, c.err
				}
				v.looks = append(v.looks, m)
			}
			f, due := v.atRest()
			if f.Status != c.status || !strings.Contains(f.Observed, c.says) || slices.Equal(due, []inventory.NodeName{"m2"}) == f.Status.OK() {
				t.Errorf("%s %q, due to %v; want %s, %q", f.Status, f.Observed, due, c.status, c.says)
			}
		})
	}
}
