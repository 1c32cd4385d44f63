package steps

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// failover takes no baseline until a while has passed.
func failover(lasts time.Duration, err error) *driver {
	d := &driver{now: began}
	d.answer = func(c Call) Answer {
		switch {
		case c.Do == Look:
			return shows(oldSet)
		case c.Do == ReadUptime:
			return Answer{Uptime: node.Uptime{BootID: "b", For: time.Minute}}
		case c.Do == TakeBaseline && d.now.Before(began.Add(lasts)):
			return Answer{Err: fmt.Errorf("a1: taking the baseline: %w", err)}
		}
		return Answer{Baseline: []byte(`{"node":"a1"}`)}
	}
	return d
}

func TestABaselineWaitsForAFailoverAsAGateDoes(t *testing.T) {
	lost := &checks.LackingError{Reason: "asking the leader: 0 masters lead"}
	for _, c := range []struct {
		name  string
		lasts time.Duration
		err   error
		taken bool
		least time.Duration
		most  time.Duration
		waits int
	}{
		{"a failover", 30 * time.Second, lost, true, 30 * time.Second, 40 * time.Second, 1},
		{"a leader that waits for its agents", 10 * time.Minute, lost, true, 10 * time.Minute, 11 * time.Minute, 1},
		{"a failover without end", time.Hour, lost, false, 12 * time.Minute, 13 * time.Minute, 1},
		{"a node that answers again soon", time.Minute, errRoute, true, time.Minute, 2 * time.Minute, 1},
		{"a node that does not answer", time.Hour, errRoute, false, 3 * time.Minute, 4 * time.Minute, 1},
		{"a changed host key", time.Hour, sshexec.ErrHostKey, false, 0, time.Second, 0},
		{"refused keys", time.Hour, sshexec.ErrAuth, false, 0, time.Second, 0},
	} {
		task := onA1(plan.ActionBaseline)
		task.Step.Timeout = plan.Duration(12 * time.Minute)
		for name, m := range map[string]Machine{"alone": ready(machine{task: task, poll: 2 * time.Second}, &taking{}), "in its step": Do(task, 2*time.Second)} {
			d := failover(c.lasts, c.err)
			rep := d.run(t, m)
			if took := d.now.Sub(began); (rep.Outcome == plan.Done) != c.taken || took < c.least || took > c.most || len(d.notes) != c.waits {
				t.Errorf("%s, %s: %+v after %s, told %v; want it taken %t after %s, told %d times", c.name, name, rep, took, d.notes, c.taken, c.least, c.waits)
			}
			for _, n := range d.notes {
				if n.Hold != (name == "in its step") || !strings.Contains(n.Detail, c.err.Error()) {
					t.Errorf("%s, %s: told %+v, want its reason, and a hold in its step", c.name, name, n)
				}
			}
			if !c.taken && (rep.Outcome != plan.Failed || !strings.Contains(rep.Detail, c.err.Error())) {
				t.Errorf("%s, %s: %+v", c.name, name, rep)
			}
		}
	}
}

func TestABaselineThatIsInterruptedEndsAtOnce(t *testing.T) {
	for _, timeout := range []time.Duration{12 * time.Minute, 0} {
		task := onA1(plan.ActionBaseline)
		task.Step.Timeout = plan.Duration(timeout)
		d := failover(time.Hour, &checks.LackingError{Reason: "0 masters lead"})
		d.stop = began.Add(time.Minute)
		rep := d.run(t, ready(machine{task: task, poll: 2 * time.Second}, &taking{}))
		if took := d.now.Sub(began); rep.Outcome != plan.Failed || took > 61*time.Second {
			t.Errorf("%+v after %s", rep, took)
		}
	}
}

// TestANodeIsMadeReadyInThisOrder: the uptime, which the launch's deadline counts
// from, is read last, and what is not to be launched gets no files.
func TestANodeIsMadeReadyInThisOrder(t *testing.T) {
	fresh := []Verb{Look, Claim, PutProgram, PutScript, TakeBaseline, ReadUptime}
	foreign := attempt(1, node.Exited, 0)
	foreign.Cluster = "another"
	for _, c := range []struct {
		name    string
		task    plan.Task
		answers map[Verb][]Answer
		verbs   []Verb
		outcome plan.Outcome
		adopt   bool
		attempt int
		says    string
	}{
		{"an agent", onA1(plan.ActionBaseline), nil, fresh, plan.Done, false, 1, ""},
		{"a master takes the lock, too", onM1(plan.ActionBaseline), nil, []Verb{Look, Claim, PutProgram, PutScript, Lock, TakeBaseline, ReadUptime}, plan.Done, false, 1, ""},
		{"a script that runs", onM1(plan.ActionBaseline), map[Verb][]Answer{Look: {shows(oldSet, attempt(1, node.Running, 0))}}, []Verb{Look, TakeBaseline, ReadUptime}, plan.Done, true, 2, ""},
		{"at the target", onM1(plan.ActionBaseline), map[Verb][]Answer{Look: {shows(target)}}, []Verb{Look, TakeBaseline, ReadUptime}, plan.Done, true, 1, ""},
		{"another cluster's attempt", onA1(plan.ActionBaseline), map[Verb][]Answer{Look: {shows(oldSet, foreign)}}, fresh, plan.Done, false, 2, "attempt 1 was of cluster another"},
		{"an attempt that cannot be read", onA1(plan.ActionBaseline), map[Verb][]Answer{Look: {shows(oldSet, attempt(1, node.RunUnknown, 0))}}, []Verb{Look}, plan.InDoubt, false, 0, "no readable state"},
		{"another machine answers", onA1(plan.ActionBaseline), map[Verb][]Answer{Look: {{Survey: node.Survey{IP: "10.9.9.9", Active: oldSet}}}}, []Verb{Look}, plan.Failed, false, 0, "looking at the node: a1: the address in the inventory is wrong"},
		{"another controller's run", onA1(plan.ActionBaseline), map[Verb][]Answer{Claim: {refusedBy(node.RefusedEpoch)}}, fresh[:2], plan.Failed, false, 0, "putting the script on the node"},
		{"no lock", onM1(plan.ActionBaseline), map[Verb][]Answer{Lock: {refusedBy(node.RefusedLock)}}, []Verb{Look, Claim, PutProgram, PutScript, Lock}, plan.Failed, false, 0, "taking the cluster lock on it"},
		{"no uptime", onA1(plan.ActionBaseline), map[Verb][]Answer{ReadUptime: {{Err: errRoute}}}, fresh, plan.Failed, false, 0, "reading the node's uptime"},
	} {
		d := &driver{answers: map[Verb][]Answer{Look: {shows(oldSet)}, TakeBaseline: {{Baseline: []byte(`{"agent":{"deactivated":true}}`)}}, ReadUptime: {{Uptime: node.Uptime{BootID: "b", For: time.Minute}}}}}
		for v, a := range c.answers {
			d.answers[v] = a
		}
		c.task.Plan.Cluster.ID = "ours"
		rep := d.run(t, Do(c.task, poll))
		said := rep.Detail
		for _, n := range d.notes {
			said += n.Detail
		}
		if rep.Outcome != c.outcome || !slices.Equal(d.verbs(), c.verbs) || !strings.Contains(said, c.says) || rep.Outcome != plan.Done && rep.Ready != nil {
			t.Errorf("%s: %+v after %v, want %s after %v", c.name, rep, d.verbs(), c.outcome, c.verbs)
		}
		if want := (plan.Ready{Attempt: c.attempt, BootID: "b", Uptime: plan.Duration(time.Minute), Adopt: c.adopt}); c.outcome == plan.Done && (*rep.Ready != want || !rep.Deactivated) {
			t.Errorf("%s: %+v, want %+v", c.name, *rep.Ready, want)
		}
	}
}

// TestAPartHasNoMoreTimeThanItsStep: looking at the node has used up most of it.
func TestAPartHasNoMoreTimeThanItsStep(t *testing.T) {
	d := failover(time.Hour, &checks.LackingError{Reason: "0 masters lead"})
	inner := d.answer
	d.answer = func(c Call) Answer {
		if c.Do == Look && d.now.Before(began.Add(50*time.Minute)) {
			return Answer{Err: errRoute}
		}
		return inner(c)
	}
	rep := d.run(t, Do(onA1(plan.ActionBaseline), poll))
	if took := d.now.Sub(began); rep.Outcome != plan.Failed || took != time.Hour {
		t.Errorf("%+v after %s", rep, took)
	}
}
