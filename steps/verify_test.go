package steps

import (
	"errors"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

func TestWhatAVerificationComesTo(t *testing.T) {
	found := []dcos.Finding{{Check: "units"}}
	silent := &plan.Silence{}
	for _, c := range []struct {
		name    string
		answer  Answer
		stop    bool
		outcome plan.Outcome
		class   plan.Class
		silent  *plan.Silence
	}{
		{"all gates hold", Answer{Findings: found}, false, plan.Done, "", nil},
		{"one is late", Answer{Findings: found, Err: &checks.GateError{Silent: silent}}, false, plan.Failed, plan.NotVerified, silent},
		{"it cannot be asked", Answer{Findings: found, Err: errors.New("no gates")}, false, plan.Failed, plan.NotVerified, nil},
		{"interrupted", Answer{Findings: found, Err: errors.New("cancelled")}, true, plan.InDoubt, "", nil},
	} {
		d := &driver{answers: map[Verb][]Answer{Await: {c.answer}}}
		if c.stop {
			d.stop = began
		}
		rep := d.run(t, Do(onM1(plan.ActionServe), poll))
		if rep.Outcome != c.outcome || rep.Class != c.class || rep.Silent != c.silent || len(rep.Findings) != 1 || len(d.calls) != 1 || !d.calls[0].By.IsZero() {
			t.Errorf("%s: %+v after %+v", c.name, rep, d.calls)
		}
	}
}

// Findings are told as they come; an agent that is away asks for a hold, with what the
// last gate that had an idea said.
func TestAnAgentThatDoesNotReturnAsksForAHold(t *testing.T) {
	away := checks.Away{Since: began, Seen: began.Add(4 * time.Minute), Budget: 5 * time.Minute}
	task := onA1(plan.ActionReturn)
	for _, asked := range []bool{false, true} {
		if asked {
			task.Step.Gates = []plan.GateSpec{{Gate: "registered"}}
		}
		d := &driver{answers: map[Verb][]Answer{Await: {
			{Finding: &dcos.Finding{Check: "units", Hint: "start the socket"}}, {Finding: &dcos.Finding{Check: "registered"}, Away: away}, {Finding: &dcos.Finding{Check: "tasks"}, Away: away}, {},
		}}}
		rep := d.run(t, Do(task, poll))
		findings, holds := 0, 0
		for _, n := range d.notes {
			if n.Finding != nil {
				findings++
			}
			if n.Hold {
				holds++
			}
		}
		if rep.Outcome != plan.Done || findings != 3 || len(d.calls) != 1 || holds != map[bool]int{true: 1}[asked] {
			t.Errorf("asked %t: %+v, %+v after %d calls", asked, rep, d.notes, len(d.calls))
		}
	}
}
