package checks

import (
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// accepting is the lane of an agent with two tasks after its patch, of which a
// person has accepted something as lost.
func accepting(l dcos.Loss) expectation {
	a := afterPatch(agentNode())
	a.base.Agent = &AgentBase{ID: "x-S41", Version: "1.10.0", Active: true, Registered: day(-90), Reregistered: day(-30)}
	a.base.Tasks, a.base.TakenAt = []string{"web.1", "web.2"}, day(0)
	a.accepted = l
	return a
}

func TestAnAcceptedAgentIDIsDemandedInsteadOfTheOld(t *testing.T) {
	unit := fresh(dcos.PrivateAgent.MesosUnit())
	loss := dcos.Loss{Was: "x-S41", Agent: "y-S1"}
	as := func(id string, change func(*dcos.Agent)) leadership {
		return listed(func(g *dcos.Agent) {
			g.ID, g.RegisteredAt, g.ReregisteredAt = id, day(0), time.Time{}
			change(g)
		})
	}
	same := func(*dcos.Agent) {}
	for _, c := range []struct {
		name   string
		at     leadership
		unit   dcos.Unit
		of     dcos.Loss
		status dcos.Status
		says   string
		lost   bool
	}{
		{"nothing accepted", as("y-S1", same), unit, dcos.Loss{}, dcos.Failed, "registered as a new agent y-S1", true},
		{"accepted", as("y-S1", same), unit, loss, dcos.Warned, "as accepted: y-S1, and was x-S41", false},
		{"again another one", as("z-S1", same), unit, loss, dcos.Failed, "registered as a new agent z-S1", true},
		{"accepted for another past", as("y-S1", same), unit, dcos.Loss{Was: "w-S1", Agent: "y-S1"}, dcos.Failed, "registered as a new agent y-S1", true},
		{"inactive", as("y-S1", func(g *dcos.Agent) { g.Active = false }), unit, loss, dcos.Failed, "inactive", false},
		{"the old Mesos", as("y-S1", func(g *dcos.Agent) { g.Version = "1.10.0" }), unit, loss, dcos.Failed, "Mesos 1.10.0", false},
		{"the old process", as("y-S1", same), old(unit.Name), loss, dcos.Failed, "still the old process", false},
	} {
		f := judgeRegistered(c.at, c.unit, accepting(c.of)).Finding
		if f.Status != c.status || !strings.Contains(f.Observed, c.says) || f.Lost != c.lost || f.Lost == f.Loss.Empty() {
			t.Errorf("%s: %s %q, lost %t %+v; want %s %q", c.name, f.Status, f.Observed, f.Lost, f.Loss, c.status, c.says)
		}
	}
}

func TestAcceptedTasksAreNotDemandedAndAllOthersAre(t *testing.T) {
	present := listed(func(*dcos.Agent) {})
	is := func(id, state, reason string) dcos.AgentTask {
		return dcos.AgentTask{ID: id, Name: "web", FrameworkID: "f", AgentID: "x-S41", State: state, Reason: reason}
	}
	loss := dcos.Loss{Tasks: dcos.NewIDs("web.1")}
	gone, runs := is("web.1", "TASK_FAILED", "REASON_EXECUTOR_TERMINATED"), is("web.2", "TASK_RUNNING", "")
	later, earlier, foreign := is("web.3", "TASK_RUNNING", ""), is("web.4", "TASK_RUNNING", ""), is("web.5", "TASK_RUNNING", "")
	later.Ran, earlier.Ran, foreign.Ran, foreign.FrameworkID = day(0).Add(time.Minute), day(-1), day(0).Add(time.Minute), "g"
	other := is("web.2", "TASK_LOST", "REASON_SLAVE_REMOVED")
	for _, c := range []struct {
		name   string
		of     dcos.Loss
		all    []dcos.AgentTask
		status dcos.Status
		says   string
		misses dcos.IDs
	}{
		{"nothing accepted", dcos.Loss{}, []dcos.AgentTask{gone, runs}, dcos.Failed, "lost: web.1 TASK_FAILED (REASON_EXECUTOR_TERMINATED) [not replaced so far]", "web.1"},
		{"replaced", dcos.Loss{}, []dcos.AgentTask{gone, runs, earlier, foreign, later}, dcos.Failed, "[replaced by web.3]", "web.1"},
		{"not by what ran before, or is another framework's", dcos.Loss{}, []dcos.AgentTask{gone, runs, earlier, foreign}, dcos.Failed, "[not replaced so far]", "web.1"},
		{"accepted", loss, []dcos.AgentTask{gone, runs, later}, dcos.Warned, "1/2 run, 0 ended, accepted as lost: web.1 [replaced by web.3]", ""},
		{"accepted, and not listed since a failover", loss, []dcos.AgentTask{runs}, dcos.Warned, "accepted as lost: web.1 [not known whether replaced]", ""},
		{"accepted, and another one lost", loss, []dcos.AgentTask{gone, other}, dcos.Failed, "lost: web.2 TASK_LOST", "web.2"},
		{"accepted, and another one not listed", loss, []dcos.AgentTask{gone}, dcos.Unknown, "web.2 is not listed any more", "web.2"},
		{"accepted, and it runs after all", loss, []dcos.AgentTask{is("web.1", "TASK_RUNNING", ""), runs}, dcos.Passed, "2/2 run", ""},
	} {
		f := judgeTasks(present, dcos.Tasks{Launched: c.all}, accepting(c.of)).Finding
		if f.Status != c.status || !strings.Contains(f.Observed, c.says) || f.Loss.Tasks != c.misses {
			t.Errorf("%s: %s %q, misses %q; want %s %q", c.name, f.Status, f.Observed, f.Loss.Tasks, c.status, c.says)
		}
	}
}

// A master that is verified once more must not miss an agent for ever whose other
// id was accepted; it still demands that one.
func TestAMasterDemandsTheAcceptedAgentInsteadOfTheLost(t *testing.T) {
	a := afterPatch(master(1))
	a.base.Agents = map[string]string{"x-S41": "10.0.1.37"}
	l := listed(func(g *dcos.Agent) { g.ID = "y-S1" })
	if f := judgeAgentsBack(l, a, nil).Finding; f.Status != dcos.Failed {
		t.Errorf("nothing accepted: %s %q", f.Status, f.Observed)
	}
	a.others = others(map[inventory.NodeName]dcos.Loss{"a037": {Was: "x-S41", Agent: "y-S1"}, "a038": {Tasks: "web.1"}})
	if f := judgeAgentsBack(l, a, nil).Finding; f.Status != dcos.Passed {
		t.Errorf("accepted: %s %q", f.Status, f.Observed)
	}
	if f := judgeAgentsBack(listed(func(g *dcos.Agent) { g.ID, g.Active = "y-S1", false }), a, nil).Finding; f.Status != dcos.Failed {
		t.Errorf("accepted and away: %s %q", f.Status, f.Observed)
	}
}
