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
	read := func(units ...dcos.Unit) dcos.Seen {
		seen := dcos.Seen{Units: map[string]dcos.Unit{}}
		for _, u := range units {
			seen.Units[u.Name] = u
		}
		return seen
	}
	for _, c := range []struct {
		name string
		a    expectation
		ans  Answer
		seen dcos.Seen
		hint string
	}{
		{"telegraf's socket in a patch within 2.1", a, judgeUnits(down, a), read(down...), "on a037: sudo systemctl start dcos-telegraf.socket   known issue COPS-6512 (dcos-telegraf.socket is inactive (dead)): "},
		{"which could not be read again", a, judgeUnits(down, a), dcos.Seen{}, "possible causes, none of them proved: COPS-6512, "},
		{"which is up by now", a, judgeUnits(down, a), read(socket), ""},
		{"telegraf's socket in a patch that stops all units at once", later, judgeUnits(down, later), read(down...), ""},
		{"another red unit", a, judgeUnits(with(socket, unit("dcos-log.socket", "inactive", "dead")), a), read(socket), ""},
		{"nothing red", a, judgeUnits(with(socket), a), read(socket), ""},
		{"a master of 2.0.5 that waits: nothing can prove why", m, judgeMesosUnit(loop, m), read(loop), "possible causes, none of them proved: COPS-1754"},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, err := dcos.KnownIssues()
			if err != nil {
				t.Fatal(err)
			}
			got := c.a.remedy(dcos.Suspects(all, c.a.from, c.a.to, c.a.node.Role, c.ans.Finding.Check, c.ans.Red), c.seen)
			if !strings.HasPrefix(got, c.hint) || (c.hint == "") != (got == "") {
				t.Errorf("hint %q of %q, want %q", got, c.ans.Finding.Observed, c.hint)
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
		{3 * time.Minute, "", "look at its log. Mesos marks it unreachable when"}, {3 * time.Minute, "known (X)", "known (X). Mesos marks it unreachable when"},
		{5 * time.Minute, "known (X)", "known (X). Mesos has marked the agent unreachable"},
	} {
		away.Seen = began.Add(c.seen)
		f := withAway(dcos.Finding{Hint: c.known}, away, "look at its log")
		if got := f.Hint; !strings.HasPrefix(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("away for %s, %q: %q, want %q", c.seen, c.known, got, c.want)
		}
		if f.Final != (c.seen == away.Budget) {
			t.Errorf("away for %s of %s, and final: %t", c.seen, away.Budget, f.Final)
		}
	}
	away.Budget = 0
	if withAway(dcos.Finding{}, away, "look at its log").Final {
		t.Error("given up although nobody knows how long Mesos waits")
	}
}
