package patcher

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// looker gives one observation after another; the last one for good.
type looker struct {
	checks.Cluster
	looks []plan.Observation
	n     int
}

func (l *looker) Observe(context.Context, plan.Ask) plan.Observation {
	obs := l.looks[min(l.n, len(l.looks)-1)]
	l.n++
	return obs
}

// surveyed is a node that answers every question with a survey.
type surveyed struct {
	Host
	active string
}

func (h surveyed) Run(context.Context, sshexec.Cmd) (sshexec.Result, error) {
	out := "program 1\n"
	if h.active != "" {
		out += "active " + h.active + "\n"
	}
	return sshexec.Result{Stdout: []byte(out)}, nil
}

type surveyedNodes map[inventory.NodeName]surveyed

func (s surveyedNodes) Node(_ context.Context, n inventory.NodeName) (Host, error) { return s[n], nil }

func postflightTask() (plan.Task, surveyedNodes) {
	p := &plan.Plan{Script: dcos.Script{Packages: []string{"mesos--new"}}}
	nodes := surveyedNodes{}
	for _, n := range []inventory.NodeName{"a1", "a2"} {
		p.Nodes = append(p.Nodes, plan.Node{Name: n, Role: dcos.PrivateAgent, Disposition: plan.Patch})
		nodes[n] = surveyed{active: "mesos--new"}
	}
	return plan.Task{Plan: p, Step: plan.Step{ID: "postflight/postflight", Action: plan.ActionPostflight, Timeout: plan.Duration(5 * time.Minute)}}, nodes
}

func postflight(t *testing.T, task plan.Task, nodes surveyedNodes, looks ...plan.Observation) (rep plan.Report) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &Patcher{Gates: &looker{looks: looks}, Nodes: nodes, Poll: 2 * time.Second}
		rep = p.Do(t.Context(), task, func(plan.Note) {})
	})
	return rep
}

var (
	allIn    = plan.Observation{Green: true}
	election = plan.Observation{Findings: []dcos.Finding{{Check: "leader", Status: dcos.Failed, Observed: "0 masters lead"}}} // knows of no agent
	a2Out    = plan.Observation{Green: true, Out: []inventory.NodeName{"a2"}}
)

func deactivated(nodes ...inventory.NodeName) plan.Observation {
	obs := plan.Observation{Green: true, Out: nodes}
	for _, n := range nodes {
		obs.Agents = append(obs.Agents, plan.AgentState{Node: n, State: plan.AgentDeactivated, Detail: "deactivated"})
	}
	return obs
}

// TestAnElectionWhilePostflightLooksHidesNoAgent: without a leader the list of
// agents out of service is empty because nobody knows it.
func TestAnElectionWhilePostflightLooksHidesNoAgent(t *testing.T) {
	task, nodes := postflightTask()
	if rep := postflight(t, task, nodes, allIn, election, a2Out); rep.Outcome != plan.Failed || !strings.Contains(rep.Detail, "a2 out of service") {
		t.Errorf("an agent that is out after the election: %+v", rep)
	}
	if rep := postflight(t, task, nodes, allIn, election); rep.Outcome != plan.Failed || !strings.Contains(rep.Detail, "0 masters lead") {
		t.Errorf("an election without end: %+v", rep)
	}
	if rep := postflight(t, task, nodes, allIn, election, election, allIn); rep.Outcome != plan.Done {
		t.Errorf("an election that is over: %+v", rep)
	}
}

func TestPostflightBelievesNoNodeThatNamesNoPackages(t *testing.T) {
	task, nodes := postflightTask()
	task.Plan.Script.Packages = nil
	nodes["a1"] = surveyed{}
	if rep := postflight(t, task, nodes, allIn); rep.Outcome != plan.Failed || !strings.Contains(rep.Detail, "a1 ") {
		t.Errorf("%+v", rep)
	}
}

// TestWhatSomebodyElseDeactivatedBeforeMayStayOut: and is shown as that.
func TestWhatSomebodyElseDeactivatedBeforeMayStayOut(t *testing.T) {
	task, nodes := postflightTask()
	if rep := postflight(t, task, nodes, deactivated("a2")); rep.Outcome != plan.Failed || !strings.Contains(rep.Detail, "a2 deactivated") {
		t.Errorf("deactivated since its lane began: %+v", rep)
	}
	task.Deactivated = []inventory.NodeName{"a2"}
	rep := postflight(t, task, nodes, deactivated("a2"))
	if rep.Outcome != plan.Done || !strings.Contains(rep.Detail, "a2") || !strings.Contains(rep.Detail, "deactivated") || len(rep.Findings) == 0 {
		t.Errorf("deactivated before: %+v", rep)
	}
	if rep := postflight(t, task, nodes, a2Out); rep.Outcome != plan.Failed {
		t.Errorf("deactivated before, and gone now: %+v", rep)
	}
	task.Deactivated = nil
	task.Plan.Nodes[1].Disposition = plan.AtTarget
	if rep := postflight(t, task, nodes, deactivated("a2")); rep.Outcome != plan.Done || !strings.Contains(rep.Detail, "deactivated") {
		t.Errorf("deactivated, and not touched by this run: %+v", rep)
	}
}

func TestSettleLetsADeactivatedAgentStayOut(t *testing.T) {
	for _, c := range []struct {
		name   string
		before []inventory.NodeName
		obs    plan.Observation
		want   plan.Outcome
		says   string
	}{
		{"since", nil, deactivated("a2"), plan.Failed, "a2 is deactivated at the leader"},
		{"before", []inventory.NodeName{"a2"}, deactivated("a2"), plan.Done, "deactivated"},
		{"before, and gone now", []inventory.NodeName{"a2"}, a2Out, plan.Failed, "a2 is out of service at the leader"},
		{"before, and another one is", []inventory.NodeName{"a1"}, deactivated("a2"), plan.Failed, "a2 is deactivated"},
	} {
		synctest.Test(t, func(t *testing.T) {
			task, nodes := postflightTask()
			task.Deactivated = c.before
			task.Step = plan.Step{ID: "canary/a2/bake", Node: "a2", Action: plan.ActionBake, Span: plan.Duration(time.Minute), Timeout: plan.Duration(5 * time.Minute)}
			p := &Patcher{Gates: &looker{looks: []plan.Observation{c.obs}}, Nodes: nodes, Poll: 2 * time.Second}
			var said []string
			rep := p.Do(t.Context(), task, func(n plan.Note) { said = append(said, n.Finding.Observed) })
			if rep.Outcome != c.want || !strings.Contains(rep.Detail+strings.Join(said, "; "), c.says) {
				t.Errorf("%s: %+v, said %q", c.name, rep, said)
			}
		})
	}
}

var _ node.Host = surveyed{}

func (surveyedNodes) Visit(inventory.NodeName) (leave func()) { return func() {} }
