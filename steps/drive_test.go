package steps

import (
	"errors"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

var began = time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)

// driver answers a machine's calls in a time of its own, which goes on in pauses.
type driver struct {
	now     time.Time
	stop    time.Time // when the caller stops waiting; zero: never
	answers map[Verb][]Answer
	answer  func(Call) Answer    // in place of answers
	suspend func() time.Duration // how much longer than asked a pause takes; may be nil

	calls []Call
	made  []time.Time // when, as calls
	notes []plan.Note
}

// run is a machine's report. A machine that does not end fails the test.
func (d *driver) run(t interface{ Fatalf(string, ...any) }, m Machine) plan.Report {
	if d.now.IsZero() {
		d.now = began
	}
	var a Answer
	for range 20000 {
		a.At, a.Stopped = d.now, !d.stop.IsZero() && !d.now.Before(d.stop)
		move := m.Next(a)
		d.notes = append(d.notes, move.Notes...)
		switch {
		case move.End != nil:
			return *move.End
		case move.Call.Do == 0:
			a = d.next(d.calls[len(d.calls)-1]) // an interim answer: the call goes on
			continue
		}
		d.calls, d.made = append(d.calls, move.Call), append(d.made, d.now)
		if a = (Answer{}); move.Call.Do == Pause {
			d.sleep(move.Call)
			if d.suspend != nil {
				d.now = d.now.Add(d.suspend())
			}
		} else {
			a = d.next(move.Call)
		}
	}
	t.Fatalf("no end; the last calls were %v", d.calls[max(0, len(d.calls)-9):])
	return plan.Report{}
}

// sleep pauses, until the call is broken off at the latest.
func (d *driver) sleep(c Call) {
	end := d.now.Add(c.Wait)
	if !c.By.IsZero() && c.By.Before(end) {
		end = c.By
	}
	if !c.Anyway && !d.stop.IsZero() && d.stop.Before(end) {
		end = d.stop
	}
	if end.After(d.now) {
		d.now = end
	}
}

// next is the next answer to a verb; the last one is given again and again.
func (d *driver) next(c Call) Answer {
	if d.answer != nil {
		return d.answer(c)
	}
	all := d.answers[c.Do]
	if len(all) == 0 {
		return Answer{}
	}
	if len(all) > 1 {
		d.answers[c.Do] = all[1:]
	}
	return all[0]
}

func (d *driver) verbs() (all []Verb) {
	for _, c := range d.calls {
		if c.Do != Pause && !(len(all) > 0 && all[len(all)-1] == c.Do && c.Do == Look) {
			all = append(all, c.Do)
		}
	}
	return all
}

func (d *driver) called(v Verb) (all []Call) {
	return slices.DeleteFunc(slices.Clone(d.calls), func(c Call) bool { return c.Do != v })
}

const poll = 5 * time.Second

var (
	oldSet, target = []string{"dcos-config--setup_1", "mesos--1"}, []string{"dcos-config--setup_2", "mesos--2"}
	errRoute       = errors.New("no route")
)

// onM1 is a step of m1 that may launch for a minute; onA1 one of an agent.
func onM1(action plan.Action) plan.Task { return onNode("m1", dcos.Master, action) }

func onA1(action plan.Action) plan.Task { return onNode("a1", dcos.PrivateAgent, action) }

func onNode(name string, role dcos.Role, action plan.Action) plan.Task {
	p := &plan.Plan{From: "2.1.0", Script: dcos.Script{SHA256: "5c", Packages: target}}
	p.Nodes = []plan.Node{{Name: "x9"}, {Name: inventory.NodeName(name), IP: "10.0.0.1", Role: role}}
	return plan.Task{Plan: p, Run: "r", Epoch: 1, Attempt: 1, Proof: "2 of 3 remain",
		Step:  plan.Step{ID: plan.StepID("s/" + name), Node: inventory.NodeName(name), Action: action, Timeout: plan.Duration(time.Hour)},
		Ready: &plan.Ready{Attempt: 1, BootID: "b", Uptime: plan.Duration(time.Hour)},
		Until: plan.Deadline{BootID: "b", Uptime: plan.Duration(time.Hour + time.Minute), By: began.Add(time.Minute)}}
}

func refusedBy(word string) Answer { return Answer{Err: &node.RefusedError{Node: "m1", Word: word}} }

// shows is a look at m1.
func shows(active []string, receipts ...node.Receipt) Answer {
	return Answer{Receipts: receipts, Survey: node.Survey{IP: "10.0.0.1", Active: active}}
}

func attempt(n int, s node.RunState, code int) node.Receipt {
	return node.Receipt{Run: "r", Attempt: n, State: s, Code: code, ActiveSum: activeSum(oldSet), Unit: "dcos-patch-5c-1.service"}
}
