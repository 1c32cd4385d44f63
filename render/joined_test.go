package render

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Errors of several nodes are one detail of several lines: it is told in one line.
func TestErrorsThatWereJoinedAreToldInOneLine(t *testing.T) {
	both := errors.Join(errors.New("m1: no answer in time"), errors.New("m3: taking the baseline")).Error()
	var log, said, refused bytes.Buffer
	if err := (&Text{W: &log}).Event(journal.Event{Seq: 1, At: time.Unix(0, 0), Kind: journal.UndoFailed, Node: "m1", Obligation: &journal.Obligation{ID: "lock"}, Detail: both}); err != nil {
		t.Fatal(err)
	}
	Say(&said, "dcos-patch: %s", both)
	if err := (Program{}).Refusal(&refused, plan.Refuse(plan.Block{What: "no look", Observed: both})); err != nil {
		t.Fatal(err)
	}
	var b lines
	b.say("STOP    %s", both)
	for where, got := range map[string]string{"the log": log.String(), "a line": said.String(), "a refusal": refused.String(), "a status": b.String()} {
		if !strings.Contains(got, "m1: no answer in time; m3: taking the baseline\n") {
			t.Errorf("%s: %q", where, got)
		}
	}
}
