package checks

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

func TestOnlyMastersUnderVerificationMayBeRedInWhatThePlanExpects(t *testing.T) {
	p := fakeSubject()
	p.ExpectedRed = []string{"dcos-marathon.service"}
	for _, c := range []struct {
		name   string
		node   plan.Node
		action plan.Action
		may    bool
	}{
		{"a master after its patch", master(1), plan.ActionServe, true},
		{"a master once all are done", master(1), plan.ActionDeferred, false},
		{"a master at the end", master(1), plan.ActionPostflight, false},
		{"an agent after its patch", agentNode(), plan.ActionServe, false},
	} {
		base, err := json.Marshal(afterPatch(c.node).base)
		if err != nil {
			t.Fatal(err)
		}
		a, err := p.expectation(plan.Task{Step: plan.Step{Action: c.action}, Baseline: base}, c.node)
		if err != nil || (len(a.expected) > 0) != c.may {
			t.Errorf("%s: %v, %v; want %v", c.name, a.expected, err, c.may)
		}
		if asked := slices.Contains([]plan.Action{plan.ActionServe, plan.ActionDeferred}, c.action); a.restarts != asked {
			t.Errorf("%s: judged as after a restart: %v", c.name, a.restarts)
		}
	}
}

// The late yes of what was deferred: green while the old process still runs,
// or nothing said of what was before.
func TestWhatWasDeferredIsJudgedAgainstTheTimeBeforeTheFirstMaster(t *testing.T) {
	m := afterPatch(master(2))
	m.expected = nil
	units := func(active, sub string) []dcos.Unit {
		return []dcos.Unit{fresh(dcos.Master.MesosUnit()), unit("dcos-marathon.service", active, sub)}
	}
	red := m
	base := *m.base
	base.RedUnits = map[string]string{"dcos-marathon.service": "failed (failed)"}
	red.base = &base
	none := m
	none.base = nil
	for _, c := range []struct {
		name string
		ans  Answer
		want dcos.Status
	}{
		{"green passes", judgeUnits(units("active", "running"), m), dcos.Passed},
		{"still red is refused", judgeUnits(units("activating", "auto-restart"), m), dcos.Failed},
		{"red before the run may stay so", judgeUnits(units("failed", "failed"), red), dcos.Warned},
		{"a stale yes: green under the old Mesos", m.under(processOf(old(dcos.Master.MesosUnit())), "units", judgeUnits(units("active", "running"), m)), dcos.Failed},
		{"without a baseline it is unknown", judgeUnits(units("active", "running"), none), dcos.Unknown},
	} {
		if got := c.ans.Finding; got.Status != c.want {
			t.Errorf("%s: %s %q", c.name, got.Status, got.Observed)
		}
	}
}
