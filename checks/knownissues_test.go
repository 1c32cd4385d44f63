package checks

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestARedUnitOfAKnownIssueSaysWhatToDo(t *testing.T) {
	a := afterPatch(agentNode())
	a.from, a.to = "2.1.0", "2.1.1"
	a.base.Units = map[string]string{"dcos-telegraf.socket": "active/listening"}
	up := []dcos.Unit{unit("dcos-mesos-slave.service", "active", "running"), unit("dcos-net.service", "active", "running")}
	with := func(more ...dcos.Unit) []dcos.Unit { return slices.Concat(up, more) }
	socket := unit("dcos-telegraf.socket", "active", "listening")
	down := with(unit("dcos-telegraf.socket", "inactive", "dead"))
	later := a
	later.from, later.to = "2.2.0", "2.2.1"
	m := afterPatch(master(1))
	m.from, m.to = "2.0.4", "2.0.5"
	loop := dcos.Unit{Name: dcos.Master.MesosUnit(), Active: "activating", Sub: "auto-restart"}
	for _, c := range []struct {
		name string
		f    dcos.Finding
		hint string
	}{
		{"telegraf's socket in a patch within 2.1", judgeUnits(down, a).Finding, "COPS-6512"},
		{"telegraf's socket in a patch that stops all units at once", judgeUnits(down, later).Finding, ""},
		{"another red unit", judgeUnits(with(socket, unit("dcos-log.socket", "inactive", "dead")), a).Finding, ""},
		{"nothing red", judgeUnits(with(socket), a).Finding, ""},
		{"a master of 2.0.5 that waits", judgeMesosUnit(loop, m).Finding, "COPS-1754"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(c.f.Hint, c.hint) || (c.hint == "") != (c.f.Hint == "") {
				t.Errorf("hint %q of %q, want %q", c.f.Hint, c.f.Observed, c.hint)
			}
		})
	}
}

func TestAKnownIssueIsStillSaidOfAnAgentThatIsAwayForLong(t *testing.T) {
	away := Away{Since: began, Budget: 5 * time.Minute}
	for _, c := range []struct {
		seen        time.Duration
		known, want string
	}{
		{time.Minute, "", ""}, {time.Minute, "known (X)", "known (X)"},
		{3 * time.Minute, "", "look at its Mesos unit"}, {3 * time.Minute, "known (X)", "known (X). Mesos gives up its tasks when"},
		{5 * time.Minute, "known (X)", "known (X). Mesos gives up the tasks"},
	} {
		away.Seen = began.Add(c.seen)
		f := withAway(dcos.Finding{Hint: c.known}, away)
		if got := f.Hint; !strings.HasPrefix(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("away for %s, %q: %q, want %q", c.seen, c.known, got, c.want)
		}
		if f.Final != (c.seen == away.Budget) {
			t.Errorf("away for %s of %s, and final: %t", c.seen, away.Budget, f.Final)
		}
	}
	away.Budget = 0
	if withAway(dcos.Finding{}, away).Final {
		t.Error("given up although nobody knows how long Mesos waits")
	}
}
