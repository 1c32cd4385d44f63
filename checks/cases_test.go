package checks

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

const (
	oldMesos  = "mesos--aaaa"
	newMesos  = "mesos--bbbb"
	newerRoot = "cockroach--cccc"
)

func master(i int) plan.Node {
	s := string(rune('0' + i))
	return plan.Node{Name: inventory.NodeName("m" + s), IP: "10.0.0." + s, Role: dcos.Master}
}

func threeMasters() []plan.Node { return []plan.Node{master(1), master(2), master(3)} }

func agentNode() plan.Node {
	return plan.Node{Name: "a037", IP: "10.0.1.37", Role: dcos.PrivateAgent}
}

// afterPatch is what the answers of a patched node are compared with: daemons
// had process id 100 before.
func afterPatch(n plan.Node) expectation {
	b := &Baseline{
		Node: n.Name, Role: n.Role, TakenAt: began, Uptime: 864000,
		Processes: make(map[string]Process),
		Units:     map[string]string{}, RedUnits: map[string]string{}, RedChecks: map[string]string{},
		Absent: map[string]string{},
	}
	for _, u := range provenUnits(n.Role) {
		b.Processes[u] = Process{Unit: u, BootID: "boot-1", PID: 100, StartTicks: 5000, Exe: "/opt/mesosphere/packages/" + oldMesos + "/bin/x"}
	}
	a := expectation{node: n, masters: threeMasters(), base: b, restarts: true, target: []string{newMesos, newerRoot}, mesos: "1.10.1"}
	if n.Role == dcos.Master {
		a.expected = inventory.DefaultExpectedRed()
	}
	return a
}

// fresh is a unit with a process that the patch has started.
func fresh(name string) dcos.Unit {
	return dcos.Unit{
		Name: name, Load: "loaded", Active: "active", Sub: "running", Result: "success",
		MainPID: 200, StartTicks: 900000, BootID: "boot-1", Exe: "/opt/mesosphere/packages/" + newMesos + "/bin/x",
	}
}

// old is the unit with the process of the baseline.
func old(name string) dcos.Unit {
	u := fresh(name)
	u.MainPID, u.StartTicks, u.Exe = 100, 5000, "/opt/mesosphere/packages/"+oldMesos+"/bin/x"
	return u
}

// verdictCase is one row of a gate's table. A name that begins with "a stale
// yes" or "untidy" says which of the two dangers it is about.
type verdictCase struct {
	name   string
	answer Answer
	status dcos.Status
	says   string // part of what is shown
}

func check(t *testing.T, gate string, cases []verdictCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := c.answer.Finding
			if f.Status != c.status || !strings.Contains(f.Observed, c.says) {
				t.Errorf("%s %q; want %s and something about %q", f.Status, f.Observed, c.status, c.says)
			}
			if f.Check != gate {
				t.Errorf("check %q, want %q", f.Check, gate)
			}
			if !f.Status.OK() && f.Want == "" {
				t.Error("a refusal that does not say what is wanted")
			}
			if f.Observed == "" {
				t.Error("a finding that does not say what was seen")
			}
		})
	}
}

// edit changes a copy.
func edit[T any](v T, change func(*T)) T {
	change(&v)
	return v
}

var errTest = errors.New("connection refused")

func day(n int) time.Time { return began.AddDate(0, 0, n) }
