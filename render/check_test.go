package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
)

// Programs are told the commands that people are told, and a node's words stay data.
func TestACheckTellsProgramsWhatToDoNext(t *testing.T) {
	runs := dcos.Finding{Check: "at-rest", Node: "a1", Status: dcos.Failed, Observed: "a patch runs <b>\u009b2J"}
	next := advice.Say("wait for its end: ").Run("check", "a1", "--wait").Say(", or resume the run")
	var b bytes.Buffer
	if err := (Program{Inventory: "prod.yaml"}).CheckJSON(&b, "a1", []dcos.Finding{runs}, []dcos.Finding{runs}, next); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"next":[["dcos-patch","-i","prod.yaml","check","a1","--wait"]]`, "<b>"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s, want %s in it", b.String(), want)
		}
	}
	if strings.Contains(b.String(), "\u009b") {
		t.Errorf("%q drives a terminal", b.String())
	}
}
