package steps

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// ofCluster is a step of the whole cluster, with masters whose red gates are judged
// after the last of them.
func ofCluster(action plan.Action) plan.Task {
	task := onM1(action)
	task.Step.Node, task.Plan.Nodes = "", nil
	masters := plan.Stage{ID: "masters", Kind: plan.StageMasters}
	for _, n := range []inventory.NodeName{"m1", "m2"} {
		task.Plan.Nodes = append(task.Plan.Nodes, plan.Node{Name: n, Role: dcos.Master, Disposition: plan.Patch})
		masters.Lanes = append(masters.Lanes, plan.Lane{Node: n, Steps: []plan.Step{{Node: n, Action: plan.ActionServe, Gates: []plan.GateSpec{{Gate: "units"}}}}})
	}
	task.Plan.Stages = []plan.Stage{{ID: "preflight", Kind: plan.StagePreflight}, {ID: "masters-done", Kind: plan.StageDeferred}, masters}
	return task
}

// beside runs the parts of a call one after the other.
func (d *driver) beside(t *testing.T, c Call, of func(inventory.NodeName) *driver) (a Answer) {
	for _, part := range c.Parts {
		one := of(part.Task.Step.Node)
		a.Reports = append(a.Reports, one.run(t, part.Machine))
		d.notes = append(d.notes, one.notes...)
	}
	return a
}

func TestPreflightKeepsHowTheMastersWere(t *testing.T) {
	red := errRoute
	for name, c := range map[string]struct {
		fails   bool
		stop    time.Duration
		nothing bool // is deferred
		outcome plan.Outcome
		says    string
	}{
		"taken":               {outcome: plan.Done},
		"one cannot be taken": {fails: true, outcome: plan.Failed, says: "no baseline of the masters, so nothing was started: no route"},
		"interrupted":         {fails: true, stop: time.Minute, outcome: plan.InDoubt, says: "stopped watching"},
		"nothing is deferred": {fails: true, nothing: true, outcome: plan.Done},
	} {
		task := ofCluster(plan.ActionPreflight)
		if c.nothing {
			task.Plan.Stages = task.Plan.Stages[:1]
		}
		d := &driver{now: began}
		if c.stop > 0 {
			d.stop = began.Add(c.stop)
		}
		d.answer = func(call Call) Answer {
			if call.Do != SideBySide {
				return Answer{Observation: plan.Observation{Green: true}}
			}
			a := d.beside(t, call, func(n inventory.NodeName) *driver {
				one := &driver{now: d.now, stop: d.stop, answers: map[Verb][]Answer{TakeBaseline: {{Baseline: json.RawMessage(`"` + string(n) + ` before"`)}}}}
				if c.fails && n == "m2" {
					one.answers[TakeBaseline] = []Answer{{Err: red}}
				}
				return one
			})
			d.now = d.now.Add(time.Hour)
			return a
		}
		rep := d.run(t, Do(task, poll))
		if rep.Outcome != c.outcome || !strings.Contains(rep.Detail, c.says) || (string(rep.Evidence) == `{"m1":"m1 before","m2":"m2 before"}`) != (name == "taken") {
			t.Errorf("%s: %+v, evidence %s", name, rep, rep.Evidence)
		}
		if waits := slices.ContainsFunc(d.notes, func(n plan.Note) bool { return n.Detail == "waiting for a baseline: no route" }); waits != (c.fails && !c.nothing) {
			t.Errorf("%s: %+v", name, d.notes)
		}
	}
}

func TestWhatWasDeferredIsJudgedByPreflight(t *testing.T) {
	good := dcos.Finding{Check: "units", Status: dcos.Passed, Have: 2, Need: 2}
	bad := dcos.Finding{Check: "units", Status: dcos.Failed, Observed: "red", Need: 2}
	short := dcos.Finding{Check: "units", Status: dcos.Passed, Have: 1, Need: 2}
	for name, c := range map[string]struct {
		m2      Answer
		before  string
		stop    bool
		outcome plan.Outcome
		bad     int
		says    string
	}{
		"as before":    {Answer{Findings: []dcos.Finding{good}}, `{"m1":"x","m2":"y"}`, false, plan.Done, 0, "nothing is red"},
		"red":          {Answer{Findings: []dcos.Finding{good, bad}, Err: fmt.Errorf("units\nred")}, `{"m1":"x","m2":"y"}`, false, plan.Failed, 1, "red all the same: units; red"},
		"too short":    {Answer{Findings: []dcos.Finding{short}, Err: errRoute}, `{"m1":"x","m2":"y"}`, false, plan.Failed, 1, "no route"},
		"interrupted":  {Answer{Err: errRoute}, `{"m1":"x","m2":"y"}`, true, plan.InDoubt, 0, "stopped watching"},
		"no preflight": {Answer{}, "", false, plan.Failed, 0, "is not known"},
	} {
		task, d := ofCluster(plan.ActionDeferred), &driver{now: began}
		task.Baseline = json.RawMessage(c.before)
		if c.stop {
			d.stop = began
		}
		var asked []string
		d.answer = func(call Call) Answer {
			for _, p := range call.Parts {
				asked = append(asked, fmt.Sprintf("%s %s %s", p.Task.Step.ID, p.Task.Baseline, p.Task.Step.Gates[0].Gate))
			}
			return d.beside(t, call, func(n inventory.NodeName) *driver {
				all := []Answer{{Finding: &good}, {Findings: []dcos.Finding{good}}}
				if n == "m2" {
					all[1] = c.m2
				}
				return &driver{stop: d.stop, answers: map[Verb][]Answer{Await: all}}
			})
		}
		rep := d.run(t, Do(task, poll))
		if rep.Outcome != c.outcome || !strings.Contains(rep.Detail, c.says) || rep.Outcome == plan.Failed && len(rep.Findings) != c.bad {
			t.Errorf("%s: %+v", name, rep)
		}
		if want := []string{`s/m1/m1 "x" units`, `s/m1/m2 "y" units`}; c.before != "" && (!slices.Equal(asked, want) || d.notes[0].Finding.Check != "units m1" || d.notes[1].Finding.Check != "units m2") {
			t.Errorf("%s: asked %q, told %+v", name, asked, d.notes)
		}
	}
}

func TestWhatPostflightComesTo(t *testing.T) {
	at := node.Survey{Active: target}
	green, off := plan.Observation{Green: true}, plan.Observation{Green: true, Out: []inventory.NodeName{"m2"}, Agents: []plan.AgentState{{Node: "m2", State: plan.AgentDeactivated}}}
	out := plan.Observation{Green: true, Out: []inventory.NodeName{"m2"}}
	for _, c := range []struct {
		name    string
		m2      Sighting
		last    plan.Observation
		adjust  func(*plan.Task)
		outcome plan.Outcome
		says    string
	}{
		{"all at the target", Sighting{Survey: at}, green, nil, plan.Done, "2 nodes at the target, all in service"},
		{"one does not answer", Sighting{Err: errRoute}, green, nil, plan.Failed, "1 of 2 nodes failed postflight: m2 no route"},
		{"in a swap", Sighting{Survey: node.Survey{Active: target, MidSwap: true}}, green, nil, plan.Failed, "in the middle of a swap"},
		{"without packages", Sighting{}, green, nil, plan.Failed, "it names no active packages"},
		{"other packages", Sighting{Survey: node.Survey{Active: oldSet, Version: "2.1.0"}}, green, nil, plan.Failed, "version 2.1.0, and active packages are not the target's"},
		{"out of service", Sighting{Survey: at}, out, nil, plan.Failed, "out of service at the leader"},
		{"deactivated", Sighting{Survey: at}, off, nil, plan.Failed, "deactivated at the leader, and was not before"},
		{"deactivated before", Sighting{Survey: at}, off, func(t *plan.Task) { t.Deactivated = []inventory.NodeName{"m2"} }, plan.Done, "not by this run: m2 (deactivated at the leader, as it was before its patch)"},
		{"deactivated, and not touched", Sighting{Survey: at}, off, func(t *plan.Task) { t.Plan.Nodes[1].Disposition = plan.AtTarget }, plan.Done, "m2 (deactivated at the leader, and not touched by this run)"},
		{"left", Sighting{Err: errRoute}, out, func(t *plan.Task) { t.ExemptAgents = []inventory.NodeName{"m2"} }, plan.Done, "1 nodes at the target, all in service"},
		{"excluded", Sighting{Err: errRoute}, out, func(t *plan.Task) { t.Plan.Nodes[1].Disposition = plan.Excluded }, plan.Done, "1 nodes at the target"},
		{"red at last", Sighting{Survey: at}, plan.Observation{}, nil, plan.Failed, "the cluster was not green"},
	} {
		task, d := ofCluster(plan.ActionPostflight), &driver{now: began}
		if c.adjust != nil {
			c.adjust(&task)
		}
		looked := 0
		d.answer = func(call Call) (a Answer) {
			if call.Do == Observe {
				if looked++; looked == 1 {
					return Answer{Observation: green}
				}
				return Answer{Observation: c.last}
			}
			for _, n := range call.Nodes {
				s := Sighting{Survey: at}
				if n == "m2" {
					s = c.m2
				}
				s.Node = n
				a.Seen = append(a.Seen, s)
			}
			return a
		}
		if rep := d.run(t, Do(task, poll)); rep.Outcome != c.outcome || !strings.Contains(rep.Detail, c.says) || looked < 2 || rep.Outcome == plan.Failed && rep.Class != plan.NotVerified {
			t.Errorf("%s: %+v after %d looks", c.name, rep, looked)
		}
	}
	var many []dcos.Finding
	for i := range 7 {
		many = append(many, dcos.Finding{Node: fmt.Sprint("a", i), Observed: "at target; off"})
	}
	if got := listed(many); got != "a0 (off), a1 (off), a2 (off), a3 (off), a4 (off), and 2 more" {
		t.Errorf("%q", got)
	}
}
