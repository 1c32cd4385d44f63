package steps

import (
	"testing"

	"github.com/dcos-patch/dcos-patch/node"
)

func TestANodeIsBusyWhileAnAttemptMayRun(t *testing.T) {
	for _, c := range []struct {
		name string
		sv   node.Survey
		busy bool
	}{
		{"nothing of ours is there", node.Survey{}, false},
		{"an attempt runs, and systemd lists no unit", node.Survey{Receipts: []node.Receipt{{SHA256: "f", Attempt: 1, State: node.Running}}}, true},
		{"an attempt has ended", node.Survey{Receipts: []node.Receipt{{SHA256: "f", Attempt: 1, State: node.Exited}}}, false},
	} {
		if got := (Sighting{Survey: c.sv}).Busy(); (got != "") != c.busy {
			t.Errorf("%s: busy %q", c.name, got)
		}
	}
}
