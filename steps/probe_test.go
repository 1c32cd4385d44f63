package steps

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

func event(e dcos.SchedulerEvent) Answer { return Answer{Event: e} }

func update(state string) Answer {
	return event(dcos.SchedulerEvent{Type: dcos.EventUpdate, Update: dcos.TaskUpdate{TaskID: "probe-1", AgentID: "S1", State: state, Source: "SOURCE_EXECUTOR", UUID: "u"}})
}

// serving is the leader that lists a1 as S1.
func serving(a dcos.Agent) Answer {
	a.ID = "S1"
	return Answer{Leader: "m1", Agent: &a}
}

// probing are the answers of a probe that passes.
func probing(t *testing.T) map[Verb][]Answer {
	return map[Verb][]Answer{
		FindLeader: {serving(dcos.Agent{Active: true})},
		NextEvent:  {event(offersOf(t, "S1:4:1000")), update("TASK_RUNNING"), update("TASK_FINISHED")},
	}
}

func TestWhatAProbeComesTo(t *testing.T) {
	left := Answer{Err: errors.New("framework F is still registered")}
	small := event(offersOf(t, "S1:0.001:1"))
	for _, c := range []struct {
		name    string
		answers map[Verb][]Answer
		before  bool // deactivated before its patch
		stop    time.Duration
		outcome plan.Outcome
		undone  bool
		status  dcos.Status
		says    string
	}{
		{"a task runs and ends well", nil, false, 0, plan.Done, true, dcos.Passed, "TASK_FINISHED"},
		{"it ends well, and the framework may be left", map[Verb][]Answer{RemoveProbes: {{}, left}}, false, 0, plan.Failed, false, dcos.Unknown, "ended well (TASK_FINISHED), but its framework may be left: framework F"},
		{"it fails", map[Verb][]Answer{NextEvent: {event(offersOf(t, "S1:4:1000")), update("TASK_FAILED")}}, false, 0, plan.Failed, true, dcos.Failed, "the task did not start: TASK_FAILED"},
		{"it fails, and the framework may be left", map[Verb][]Answer{NextEvent: {event(offersOf(t, "S1:4:1000")), update("TASK_FAILED")}, RemoveProbes: {{}, left}}, false, 0, plan.Failed, false, dcos.Failed, "TASK_FAILED SOURCE_EXECUTOR; its framework may be left"},
		{"another controller's run", map[Verb][]Answer{Claim: {refusedBy(node.RefusedEpoch)}}, false, 0, plan.Failed, true, dcos.Failed, "nothing was started"},
		{"no credentials", map[Verb][]Answer{Subscribe: {{Err: mesos.ErrUnauthorized}}}, false, 0, plan.Failed, true, dcos.Failed, "may not subscribe"},
		{"the master does not want it", map[Verb][]Answer{Subscribe: {{Err: &mesos.ErrorEvent{Message: "no"}}}}, false, 0, plan.Failed, true, dcos.Failed, "may not subscribe"},
		{"deactivated as before", map[Verb][]Answer{FindLeader: {serving(dcos.Agent{Active: true, Deactivated: true})}}, true, 0, plan.Done, true, dcos.Warned, "deactivated at the leader, as it was before its patch"},
		{"deactivated", map[Verb][]Answer{FindLeader: {serving(dcos.Agent{Active: true, Deactivated: true})}}, false, 0, plan.Failed, true, dcos.Unknown, "a1 is deactivated at the leader m1; gave up after 1h0m0s"},
		{"not in service", map[Verb][]Answer{FindLeader: {serving(dcos.Agent{})}}, false, 0, plan.Failed, true, dcos.Unknown, "a1 is not in service at the leader m1"},
		{"not listed", map[Verb][]Answer{FindLeader: {{Leader: "m1"}}}, false, 0, plan.Failed, true, dcos.Unknown, "a1 is not in service at the leader m1"},
		{"no room", map[Verb][]Answer{NextEvent: {small}, AskRoom: {{}}}, false, 0, plan.Done, true, dcos.NotApplicable, "not probed: no room for a task in role *"},
		{"no offer, and room", map[Verb][]Answer{NextEvent: {event(dcos.SchedulerEvent{})}, AskRoom: {{Room: dcos.Room{CPUs: dcos.Amount{Total: 4}, Mem: dcos.Amount{Total: 1000}}}}}, false, 0, plan.Failed, true, dcos.Unknown, "no offer of it yet in role *, although there is room"},
		{"no offer, and the room is not known", map[Verb][]Answer{NextEvent: {event(dcos.SchedulerEvent{})}, AskRoom: {{Err: errRoute}}}, false, 0, plan.Failed, true, dcos.Unknown, "its room is not known: no route"},
		{"a failover, and then well", map[Verb][]Answer{FindLeader: {unheard, unheard, serving(dcos.Agent{Active: true})}}, false, 0, plan.Done, true, dcos.Passed, "TASK_FINISHED"},
		{"a probe of before cannot be removed", map[Verb][]Answer{RemoveProbes: {left}}, false, 0, plan.Failed, false, dcos.Unknown, "still registered"},
		{"its stream breaks, and then well", map[Verb][]Answer{NextEvent: {{Err: mesos.ErrStream}, event(offersOf(t, "S1:4:1000")), update("TASK_FINISHED")}}, false, 0, plan.Done, true, dcos.Passed, "TASK_FINISHED"},
		{"a launch is not taken, and then well", map[Verb][]Answer{LaunchTask: {lost, {}}, Suppress: {lost}, NextEvent: {event(offersOf(t, "S1:4:1000")), event(offersOf(t, "S1:4:1000")),
			event(dcos.SchedulerEvent{Type: dcos.EventUpdate, Update: dcos.TaskUpdate{TaskID: "probe-2", AgentID: "S1", State: "TASK_FINISHED", Source: "SOURCE_EXECUTOR"}})}}, false, 0, plan.Done, true, dcos.Passed, "TASK_FINISHED"},
		{"interrupted", map[Verb][]Answer{FindLeader: {unheard}}, false, time.Minute, plan.InDoubt, false, dcos.Unknown, "stopped watching"},
		{"interrupted before it began", nil, false, time.Nanosecond, plan.InDoubt, true, dcos.Unknown, "stopped watching"},
		{"no more time, and that is all", map[Verb][]Answer{FindLeader: {{Err: errRoute, Expired: true}}}, false, 0, plan.Failed, false, dcos.Unknown, "there was no time to begin"},
	} {
		task, d := onA1(plan.ActionProbe), &driver{now: began, answers: probing(t)}
		for v, a := range c.answers {
			d.answers[v] = a
		}
		if c.before {
			task.Deactivated = []inventory.NodeName{"a1"}
		}
		if c.stop > 0 {
			d.stop = began.Add(c.stop)
		}
		if c.stop == time.Nanosecond {
			d.now = d.stop
		}
		inner := d.answers
		d.answer = func(call Call) Answer {
			if call.Do == NextEvent { // events come with time
				d.now = d.now.Add(10 * time.Second)
			}
			a := inner[call.Do]
			switch {
			case len(a) == 0:
				return Answer{}
			case len(a) > 1:
				inner[call.Do] = a[1:]
			}
			return a[0]
		}
		rep := d.run(t, Do(task, poll))
		if rep.Outcome != c.outcome || rep.Undone != c.undone || !strings.Contains(rep.Detail+strings.Join(observed(rep), ""), c.says) {
			t.Errorf("%s: %+v", c.name, rep)
		}
		if len(rep.Findings) == 1 && (rep.Findings[0].Status != c.status || rep.Findings[0].Status == dcos.Failed && rep.Findings[0].Hint == "") {
			t.Errorf("%s: %+v, want %s", c.name, rep.Findings[0], c.status)
		}
		for i, call := range d.calls {
			if slices.Contains([]Verb{AskRoom, Revive, Suppress, Decline, LaunchTask, Acknowledge, Leave}, call.Do) && (call.By.Sub(d.made[i]) > LeaderTimeout || call.By.IsZero()) {
				t.Errorf("%s: call %d at %s may last until %s", c.name, call.Do, d.made[i], call.By)
			}
		}
		if len(d.called(Subscribe)) != len(d.called(Leave)) && len(d.answers[Subscribe]) == 0 {
			t.Errorf("%s: it is left running: %v", c.name, d.verbs())
		}
		if took := d.now.Sub(began); took > time.Hour+undoTimeout+10*time.Second {
			t.Errorf("%s: %s", c.name, took)
		}
	}
}

func observed(rep plan.Report) (all []string) {
	for _, f := range rep.Findings {
		all = append(all, f.Observed)
	}
	return all
}

// TestPropertyOfAProbe: no task while another is under way; the framework leaves, is
// proved to be gone, and nothing is done at the leader that found no proof of the claim.
func TestPropertyOfAProbe(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		task, d := onA1(plan.ActionProbe), &driver{now: began}
		if rapid.IntRange(0, 3).Draw(rt, "stops") == 0 {
			d.stop = began.Add(time.Duration(rapid.IntRange(0, 4000).Draw(rt, "stop")) * time.Second)
		}
		subscribed, removed, open := false, false, 0
		d.answer = func(c Call) (a Answer) {
			d.now = d.now.Add(time.Duration(rapid.IntRange(0, 30).Draw(rt, "takes")) * time.Second)
			if fails := rapid.IntRange(0, 9).Draw(rt, "fails") == 0; fails && c.Do != Leave {
				if c.Do == RemoveProbes {
					removed = false
				}
				return lost
			}
			switch c.Do {
			case FindLeader:
				return serving(dcos.Agent{Active: rapid.IntRange(0, 5).Draw(rt, "active") > 0})
			case RemoveProbes:
				removed, open = true, 0
			case Subscribe:
				if subscribed {
					rt.Fatal("two frameworks at once")
				}
				subscribed, removed = true, false
			case Leave:
				subscribed, open = false, 0
				if !c.Anyway {
					rt.Fatal("an interrupted probe stays")
				}
			case LaunchTask:
				if open++; open > 1 {
					rt.Fatal("two tasks at once")
				}
			case NextEvent:
				id := "probe-1"
				if n := len(d.called(LaunchTask)); n > 0 {
					id = d.called(LaunchTask)[n-1].Task.ID
				}
				u := dcos.TaskUpdate{TaskID: id, AgentID: "S1", Source: "SOURCE_EXECUTOR", State: rapid.SampledFrom([]string{"TASK_RUNNING", "TASK_RUNNING", "TASK_FINISHED", "TASK_FAILED", "TASK_LOST"}).Draw(rt, "state")}
				if u.State == "TASK_LOST" {
					u.Reason = "REASON_INVALID_OFFERS"
				}
				if open = open * map[bool]int{true: 1}[u.State == "TASK_RUNNING"]; rapid.Bool().Draw(rt, "offers") && u.State == "TASK_RUNNING" {
					return event(offersOf(t, "S0:4:1000", "S1:4:1000"))
				}
				return event(dcos.SchedulerEvent{Type: dcos.EventUpdate, Update: u})
			}
			return a
		}
		rep := d.run(rt, Do(task, poll))
		verbs := d.verbs()
		switch first := slices.Index(verbs, Subscribe); {
		case subscribed:
			rt.Fatalf("%+v, and the framework is subscribed", rep)
		case rep.Undone && !removed:
			rt.Fatalf("%+v, and its framework is removed: %t", rep, removed)
		case rep.Outcome == plan.Done && !removed:
			rt.Fatalf("done, and its framework may be left: %+v", rep)
		case first >= 0 && !slices.Contains(verbs[:first], Claim):
			rt.Fatal("the node was not asked whether the run is another controller's")
		}
	})
}

func TestUndoingWaitsForALeader(t *testing.T) {
	task := onA1("")
	d := &driver{answers: map[Verb][]Answer{FindLeader: {unheard, unheard, {}}}, stop: began}
	if rep := d.run(t, Undo(task, plan.OwesProbe, poll)); rep.Outcome != plan.Done || !d.calls[0].Anyway {
		t.Errorf("%+v after %v", rep, d.calls)
	}
	d = &driver{answers: map[Verb][]Answer{RemoveProbes: {{Err: errRoute}}}}
	if rep := d.run(t, Undo(task, plan.OwesProbe, poll)); rep.Outcome != plan.InDoubt || rep.Detail != "no route" || d.now.Sub(began) != undoTimeout {
		t.Errorf("%+v after %s", rep, d.now.Sub(began))
	}
	if rep := d.run(t, Undo(task, "a thing of later", poll)); rep.Outcome != plan.InDoubt {
		t.Errorf("%+v", rep)
	}
}
