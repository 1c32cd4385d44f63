package steps

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// remedy finishes the swap of m1 on a look that was begun so long ago.
func remedy(age time.Duration) plan.Task {
	task := onM1(plan.ActionPatch)
	task.Remedy, task.Until = plan.FinishSwap, plan.Deadline{By: began.Add(plan.FreshFor - age)}
	return task
}

func TestNoSwapIsFinishedWithoutProofAndDeadline(t *testing.T) {
	for name, spoil := range map[string]func(*plan.Task){
		"proof":    func(t *plan.Task) { t.Proof = "" },
		"deadline": func(t *plan.Task) { t.Until = plan.Deadline{} },
	} {
		d, task := &driver{}, remedy(0)
		spoil(&task)
		if rep := d.run(t, Do(task, poll)); rep.Outcome != plan.Failed || rep.Class != plan.MidSwap || len(d.calls) > 0 {
			t.Errorf("without %s: %+v, and the node was asked %v", name, rep, d.calls)
		}
	}
}

// The node takes the call for as long as the look is fresh that proves that it may
// be stopped, by its own uptime.
func TestARemedysProofIsNoOlderThanALaunchs(t *testing.T) {
	d := &driver{answers: map[Verb][]Answer{ReadUptime: {{Uptime: node.Uptime{BootID: "b", For: 100 * time.Second}}}, Look: {finished()}}}
	if rep := d.run(t, Do(remedy(50*time.Second), poll)); rep.Outcome != plan.Done {
		t.Errorf("%+v", rep)
	}
	if got := d.called(FinishSwap); len(got) != 1 || got[0].Until != (node.Deadline{BootID: "b", Uptime: 110}) {
		t.Errorf("%+v, want it to be good for 10 s from an uptime of 100 s", got)
	}
	for _, v := range []Verb{Claim, PutProgram, Lock, ReadUptime} {
		if c := d.called(v); len(c) == 0 || c[0].By != began.Add(10*time.Second) {
			t.Errorf("verb %d: %+v, want it to be broken off as the proof is old", v, c)
		}
	}
}

// finished is m1 after finish-swap.
func finished() Answer {
	a := shows(target, attempt(1, node.Exited, 1))
	a.Receipts[0].Finish = node.FinishDone
	return a
}

func TestWhatFinishSwapComesTo(t *testing.T) {
	cut := shows(oldSet, attempt(1, node.Exited, 1))
	cut.Survey.MidSwap, cut.Survey.CutSwap = true, dcos.CutSwap{Stage: "move_new"}
	ready := []Verb{Claim, PutProgram, Lock, ReadUptime}
	called := append(slices.Clone(ready), FinishSwap, Claim, Look)
	expired := Answer{Err: errRoute, Expired: true}
	for _, c := range []struct {
		name    string
		answers map[Verb][]Answer
		stop    time.Duration
		outcome plan.Outcome
		class   plan.Class
		verbs   []Verb // nil: not compared
		takes   time.Duration
	}{
		{"answered", map[Verb][]Answer{Look: {finished()}}, 0, plan.Done, "", called, 0},
		{"answered, and the swap is cut as before", map[Verb][]Answer{Look: {cut}}, 0, plan.Failed, plan.MidSwap, called, 0},
		{"another call is under way", map[Verb][]Answer{Claim: {refusedBy("busy")}}, 0, plan.NotRun, plan.MidSwap, ready[:1], 0},
		{"too late", map[Verb][]Answer{FinishSwap: {refusedBy("late")}}, 0, plan.NotRun, plan.MidSwap, called[:5], 0},
		{"the new set is not whole", map[Verb][]Answer{FinishSwap: {refusedBy("swap")}}, 0, plan.Failed, plan.MidSwap, called[:5], 0},
		{"taken over before", map[Verb][]Answer{Claim: {refusedBy("epoch")}}, 0, plan.InDoubt, "", ready[:1], 0},
		{"taken over as it is called", map[Verb][]Answer{FinishSwap: {refusedBy("epoch")}}, 0, plan.InDoubt, "", called[:5], 0},
		{"it failed on the node", map[Verb][]Answer{FinishSwap: {exited(1)}}, 0, plan.Failed, plan.MidSwap, called[:5], 0},
		{"the program cannot be put", map[Verb][]Answer{PutProgram: {exited(1)}}, 0, plan.Failed, plan.MidSwap, ready[:2], 0},
		{"its proof is old before it is called", map[Verb][]Answer{ReadUptime: {expired}}, 0, plan.NotRun, plan.MidSwap, ready, 0},
		{"interrupted before it is called", map[Verb][]Answer{Claim: {expired}}, -time.Second, plan.InDoubt, "", ready[:1], 0},
		{"not answered, and under way", map[Verb][]Answer{FinishSwap: {lost}, Claim: {{}, refusedBy("busy"), refusedBy("busy"), {}}, Look: {finished()}}, 0, plan.Done, "", nil, 2 * poll},
		{"not answered, and it arrives later", map[Verb][]Answer{FinishSwap: {lost}, Look: {cut, cut, cut, finished()}}, 0, plan.Done, "", nil, 3 * poll},
		{"not answered, and it never arrives", map[Verb][]Answer{FinishSwap: {lost}, Look: {cut}}, 0, plan.Failed, plan.MidSwap, nil, plan.FreshFor},
		{"not answered, and nobody waits until it cannot arrive", map[Verb][]Answer{FinishSwap: {lost}, Look: {cut}}, 20 * time.Second, plan.InDoubt, "", nil, 20 * time.Second},
		{"the node does not answer afterwards", map[Verb][]Answer{FinishSwap: {lost}, Look: {unheard}}, 0, plan.InDoubt, "", nil, time.Hour},
		{"a script runs afterwards", map[Verb][]Answer{Look: {running}}, 0, plan.InDoubt, "", called, 0},
	} {
		d := &driver{answers: c.answers}
		if c.stop != 0 {
			d.stop = began.Add(c.stop)
		}
		rep := d.run(t, Do(remedy(0), poll))
		if rep.Outcome != c.outcome || rep.Class != c.class || c.verbs != nil && !slices.Equal(d.verbs(), c.verbs) || d.now.Sub(began) != c.takes || len(d.called(FinishSwap)) > 1 {
			t.Errorf("%s: %s %q (%s) after %v and %s; want %s %q after %v and %s", c.name, rep.Outcome, rep.Class, rep.Detail, d.verbs(), d.now.Sub(began), c.outcome, c.class, c.verbs, c.takes)
		}
	}
}

// The node may take an unanswered call between the reading of its state and the
// deadline: what was read before the deadline does not tell that none came.
func TestALookThatBeganBeforeTheDeadlineDoesNotRuleOutACall(t *testing.T) {
	cut := shows(oldSet, attempt(1, node.Exited, 1))
	cut.Survey.MidSwap = true
	d := &driver{now: began}
	looks := 0
	d.answer = func(c Call) Answer {
		switch {
		case c.Do == FinishSwap:
			d.now = began.Add(plan.FreshFor - time.Second)
			return lost
		case c.Do != Look:
			return Answer{}
		}
		d.now = d.now.Add(7 * time.Second) // it ends after the deadline
		if looks++; looks == 1 {
			return cut
		}
		return finished()
	}
	if rep := d.run(t, Do(remedy(0), poll)); rep.Outcome != plan.Done || looks != 2 {
		t.Errorf("%+v after %d looks", rep, looks)
	}
}

func TestWhatStagingComesTo(t *testing.T) {
	whole := Answer{Survey: node.Survey{Fetched: append([]string{"x--1"}, target...)}}
	all := []Verb{Claim, PutProgram, PutScript, Fetch, Survey, RunIPDetect}
	for _, c := range []struct {
		name    string
		answers map[Verb][]Answer
		outcome plan.Outcome
		verbs   []Verb
		says    string
	}{
		{"all is there", nil, plan.Done, all, "holds all 2 packages"},
		{"the same address", map[Verb][]Answer{RunIPDetect: {{IP: "10.0.0.1"}}}, plan.Done, all, "holds"},
		{"another address", map[Verb][]Answer{RunIPDetect: {{IP: "10.0.0.2"}}}, plan.Failed, all, `prints "10.0.0.2", and the node is known by 10.0.0.1`},
		{"ip-detect fails", map[Verb][]Answer{RunIPDetect: {exited(3)}}, plan.Failed, all, "running the target's ip-detect: m1: exit code 3: no space; nothing was started"},
		{"no connection", map[Verb][]Answer{Claim: {unheard}}, plan.Failed, all[:1], "putting the script on the node: no route"},
		{"the script cannot be put", map[Verb][]Answer{PutScript: {exited(1)}}, plan.Failed, all[:3], "putting the script on the node"},
		{"the fetch fails", map[Verb][]Answer{Fetch: {exited(1)}}, plan.Failed, all[:4], "fetching packages"},
		{"no survey", map[Verb][]Answer{Survey: {lost}}, plan.Failed, all[:5], "looking at the fetched packages"},
		{"a package is missing", map[Verb][]Answer{Survey: {{Survey: node.Survey{Fetched: target[:1]}}}}, plan.Failed, all[:5], "packages are not on the node although the fetch succeeded: mesos--2"},
	} {
		d := &driver{answers: map[Verb][]Answer{Survey: {whole}}}
		for v, a := range c.answers {
			d.answers[v] = a
		}
		rep := d.run(t, Do(onM1(plan.ActionStage), poll))
		if class := map[bool]plan.Class{true: plan.BeforeSwap}[rep.Outcome == plan.Failed]; rep.Outcome != c.outcome || rep.Class != class || !slices.Equal(d.verbs(), c.verbs) || !strings.Contains(rep.Detail, c.says) {
			t.Errorf("%s: %+v after %v; want %s after %v", c.name, rep, d.verbs(), c.outcome, c.verbs)
		}
	}
	d := &driver{stop: began, answers: map[Verb][]Answer{Fetch: {lost}}}
	if rep := d.run(t, Do(onM1(plan.ActionStage), poll)); rep.Outcome != plan.InDoubt {
		t.Errorf("interrupted: %+v", rep)
	}
	task := onM1(plan.ActionStage)
	task.Plan.Script.Packages = []string{"a--1", "b--1", "c--1", "d--1", "e--1"}
	d = &driver{answers: map[Verb][]Answer{Survey: {{Survey: node.Survey{Fetched: task.Plan.Script.Packages}}, {}}}}
	if rep := d.run(t, Do(task, poll)); rep.Outcome != plan.Done || len(d.called(RunIPDetect)) > 0 {
		t.Errorf("without a configuration package: %+v after %v", rep, d.verbs())
	}
	if rep := d.run(t, Do(task, poll)); !strings.HasSuffix(rep.Detail, "a--1 b--1 c--1 and 2 more") {
		t.Errorf("%+v", rep)
	}
}
