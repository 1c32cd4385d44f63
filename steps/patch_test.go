package steps

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/swap"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

var (
	lost    = Answer{Err: &sshexec.LostError{Node: "m1", Err: errors.New("cut")}}
	unheard = Answer{Err: errRoute, Unsent: true}
	exited  = func(code int) Answer {
		return Answer{Err: &sshexec.ExitError{Node: "m1", Code: code, Stderr: []byte("no space\n")}}
	}
	untaken  = Answer{State: node.CalledOff}
	running  = shows(oldSet, attempt(1, node.Running, 0))
	applied  = shows(target, attempt(1, node.Exited, 0))
	unbegun  = shows(oldSet, attempt(1, node.Unbegun, 0))
	harmless = shows(oldSet, attempt(1, node.Exited, 1))
	nothing  = shows(oldSet)
)

func TestNothingIsLaunchedWithoutProofReadinessAndTime(t *testing.T) {
	for name, c := range map[string]struct {
		spoil   func(*plan.Task)
		outcome plan.Outcome
	}{
		"no proof":              {func(t *plan.Task) { t.Proof = "" }, plan.Failed},
		"no readiness":          {func(t *plan.Task) { t.Ready = nil }, plan.Failed},
		"no deadline":           {func(t *plan.Task) { t.Until = plan.Deadline{} }, plan.Failed},
		"the deadline is now":   {func(t *plan.Task) { t.Until.By = began }, plan.NotRun},
		"the clock was set":     {func(t *plan.Task) { t.Until.Uptime = -plan.Duration(time.Hour) }, plan.NotRun},
		"the proof is of today": {func(t *plan.Task) { t.Until.By = began.Add(-time.Hour) }, plan.NotRun},
	} {
		task, d := onM1(plan.ActionPatch), &driver{}
		c.spoil(&task)
		if rep := d.run(t, Do(task, poll)); rep.Outcome != c.outcome || rep.Class != plan.BeforeSwap || len(d.calls) > 0 {
			t.Errorf("%s: %+v after %v, want %s", name, rep, d.calls, c.outcome)
		}
	}
}

// What a launch comes to, and what is asked after it: nothing comes before it, and
// "never began" is said only after a call-off, or of a launch that the node has refused.
func TestWhatALaunchComesTo(t *testing.T) {
	fenced := []Verb{Launch, Look, CallOff}
	for _, c := range []struct {
		name    string
		answers map[Verb][]Answer
		outcome plan.Outcome
		class   plan.Class
		verbs   []Verb
	}{
		{"answered, and applied", map[Verb][]Answer{Launch: {{Unit: "u"}}, Look: {running, running, applied}}, plan.Done, "", []Verb{Launch, Look}},
		{"answered, and failed before the swap", map[Verb][]Answer{Look: {running, harmless}}, plan.Failed, plan.BeforeSwap, []Verb{Launch, Look}},
		{"answered, and its unit never began", map[Verb][]Answer{Look: {unbegun}}, plan.NotRun, plan.BeforeSwap, fenced},
		{"not answered, and it runs", map[Verb][]Answer{Launch: {lost}, Look: {running, applied}}, plan.Done, "", []Verb{Launch, Look}},
		{"not answered, and not begun", map[Verb][]Answer{Launch: {lost}, Look: {nothing}}, plan.NotRun, plan.BeforeSwap, fenced},
		{"not answered, and begun before the call-off", map[Verb][]Answer{Launch: {lost}, Look: {nothing, running, applied}, CallOff: {{State: node.Running}}}, plan.Done, "", []Verb{Launch, Look, CallOff, Look}},
		{"begun and over before the call-off, and harmless", map[Verb][]Answer{Launch: {lost}, Look: {nothing, harmless}, CallOff: {{State: node.Exited}}}, plan.Failed, plan.BeforeSwap, []Verb{Launch, Look, CallOff, Look}},
		{"called off later, as the node answers again", map[Verb][]Answer{Launch: {lost}, Look: {unheard, nothing}, CallOff: {unheard, untaken}}, plan.NotRun, plan.BeforeSwap, []Verb{Launch, Look, CallOff, Look, CallOff}},
		{"ended by a signal", map[Verb][]Answer{Launch: {exited(137)}, Look: {nothing}}, plan.NotRun, plan.BeforeSwap, fenced},
		{"answered in an unknown way", map[Verb][]Answer{Launch: {{Err: errors.New("odd")}}, Look: {nothing}}, plan.NotRun, plan.BeforeSwap, fenced},
		{"this attempt exists", map[Verb][]Answer{Launch: {refusedBy(node.RefusedReceipt)}, Look: {applied}}, plan.Done, "", []Verb{Launch, Look}},
		{"no connection", map[Verb][]Answer{Launch: {unheard}}, plan.NotRun, plan.BeforeSwap, fenced[:1]},
		{"not sent", map[Verb][]Answer{Launch: {{Err: &sshexec.NotRunError{Node: "m1", Err: errRoute}}}}, plan.NotRun, plan.BeforeSwap, fenced[:1]},
		{"too late", map[Verb][]Answer{Launch: {refusedBy(node.RefusedLate)}}, plan.NotRun, plan.BeforeSwap, fenced[:1]},
		{"without the lock", map[Verb][]Answer{Launch: {refusedBy(node.RefusedLock)}}, plan.Failed, plan.BeforeSwap, fenced[:1]},
		{"in the middle of a swap", map[Verb][]Answer{Launch: {refusedBy(node.RefusedMidswap)}}, plan.Failed, plan.MidSwap, fenced[:1]},
		{"taken over", map[Verb][]Answer{Launch: {refusedBy(node.RefusedEpoch)}}, plan.InDoubt, "", fenced[:1]},
		{"failed on the node", map[Verb][]Answer{Launch: {exited(1)}}, plan.Failed, plan.BeforeSwap, fenced[:1]},
		{"refused by sudo", map[Verb][]Answer{Launch: {{Err: &sshexec.SudoError{Node: "m1"}}}}, plan.Failed, plan.BeforeSwap, fenced[:1]},
		{"another machine answers", map[Verb][]Answer{Look: {{Survey: node.Survey{IP: "10.9.9.9", Active: target}}}}, plan.InDoubt, "", []Verb{Launch, Look}},
		{"taken over while it is called off", map[Verb][]Answer{Launch: {lost}, Look: {nothing}, CallOff: {refusedBy(node.RefusedEpoch)}}, plan.InDoubt, "", fenced},
		{"refused keys", map[Verb][]Answer{Look: {running, {Err: sshexec.ErrAuth}}}, plan.InDoubt, "", []Verb{Launch, Look}},
		{"a changed host key", map[Verb][]Answer{Look: {running, {Err: sshexec.ErrHostKey}}}, plan.InDoubt, "", []Verb{Launch, Look}},
	} {
		d := &driver{answers: map[Verb][]Answer{CallOff: {untaken}}}
		for v, a := range c.answers {
			d.answers[v] = a
		}
		rep := d.run(t, Do(onM1(plan.ActionPatch), poll))
		if rep.Outcome != c.outcome || rep.Class != c.class || !slices.Equal(d.verbs(), c.verbs) {
			t.Errorf("%s: %s %q (%s) after %v; want %s %q after %v", c.name, rep.Outcome, rep.Class, rep.Detail, d.verbs(), c.outcome, c.class, c.verbs)
		}
		if l := d.called(Launch)[0]; l.Attempt != 1 || l.By != began.Add(time.Minute) || l.Until != (node.Deadline{BootID: "b", Uptime: 3660}) {
			t.Errorf("%s: %+v", c.name, l)
		}
		if took := d.now.Sub(began); took > time.Minute {
			t.Errorf("%s: after %s, although no answer that changes was waited for", c.name, took)
		}
		for _, q := range d.calls {
			if want := map[Verb]time.Duration{Look: 2 * AskTimeout, CallOff: AskTimeout}[q.Do]; q.Within != want {
				t.Errorf("%s: a call %d may take %s once connected, want %s", c.name, q.Do, q.Within, want)
			}
		}
	}
}

// A step that adopts what runs on the node launches nothing, proof or not. The number
// of the attempt is not known: it is the next.
func TestAStepThatAdoptsLaunchesNothing(t *testing.T) {
	task, d := onM1(plan.ActionPatch), &driver{answers: map[Verb][]Answer{Look: {shows(oldSet, node.Receipt{Run: "other", Attempt: 4, State: node.CalledOff})}, CallOff: {untaken}}}
	task.Adopt, task.Proof = true, ""
	if rep := d.run(t, Do(task, poll)); rep.Outcome != plan.NotRun || len(d.called(Launch)) > 0 || d.called(CallOff)[0].Attempt != 5 {
		t.Errorf("%+v after %v", rep, d.calls)
	}
}

// A script goes on without us: what watching ends with is no end of it.
func TestAScriptThatStillRunsAsWatchingEndsIsInDoubt(t *testing.T) {
	booting := shows(target, node.Receipt{Run: "r", Attempt: 1, State: node.Lost, BootID: "before"})
	booting.Survey.BootID, booting.Survey.MidSwap = "b", true
	booting.Survey.CutSwap = dcos.CutSwap{Stage: swap.Positions()[0].Stage, Units: 2, Setup: "inactive"}
	for _, c := range []struct {
		name  string
		looks []Answer
		stop  time.Duration
		class plan.Class
		says  string
		takes time.Duration
	}{
		{"interrupted", []Answer{running}, time.Minute, "", "stopped watching, still running: the script is running as dcos-patch-5c-1.service", time.Minute},
		{"it takes too long", []Answer{running}, 0, "", "still running", time.Hour},
		{"the node answers nothing more", []Answer{running, unheard}, 0, "", "was running when last seen: no route", time.Hour},
		{"the node never answers", []Answer{unheard}, 0, "", "how s/m1 ended: no route", time.Hour},
		{"interrupted before the node has answered", []Answer{unheard}, time.Nanosecond, "", "no route", time.Nanosecond},
		{"a node that boots", []Answer{booting}, 0, plan.MidSwap, "finishes it at boot", time.Hour},
	} {
		d := &driver{answers: map[Verb][]Answer{Look: c.looks}}
		if c.stop > 0 {
			d.stop = began.Add(c.stop)
		}
		rep := d.run(t, Do(onM1(plan.ActionPatch), poll))
		if rep.Outcome != plan.InDoubt || rep.Class != c.class || !strings.Contains(rep.Detail, c.says) || d.now.Sub(began) != c.takes {
			t.Errorf("%s: %+v after %s; want %q after %s", c.name, rep, d.now.Sub(began), c.says, c.takes)
		}
	}
}

// A node that is silent for a while is told of once, and once more when it answers.
func TestASilentNodeIsToldOfOnce(t *testing.T) {
	d := &driver{answers: map[Verb][]Answer{Launch: {{Unit: "u"}}, Look: {unheard, unheard, lost, running, applied}}}
	d.run(t, Do(onM1(plan.ActionPatch), poll))
	var said []string
	for _, n := range d.notes {
		said = append(said, n.Detail)
	}
	if want := []string{"script started as u", "the node does not answer: no route", "the node answers again"}; !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
}

// While the script runs, an agent is looked for at the leader, and a master is not.
func TestAnAgentThatIsAwayTooLongAsksForAHold(t *testing.T) {
	away := Answer{Away: checks.Away{Since: began, Seen: began.Add(4 * time.Minute), Budget: 5 * time.Minute}}
	gone := Answer{Away: checks.Away{Since: began, Seen: began.Add(6 * time.Minute), Budget: 5 * time.Minute}}
	d := &driver{answers: map[Verb][]Answer{Look: {running, running, running, running, running, running, applied}, AskAway: {{}, away, away, unheard, gone, {}}}}
	d.run(t, Do(onA1(plan.ActionPatch), poll))
	var said []string
	for _, n := range d.notes[1:] {
		word, _, _ := strings.Cut(n.Detail, ";")
		if said = append(said, word); n.Hold != strings.Contains(word, "away") {
			t.Errorf("%+v", n)
		}
	}
	if want := []string{"away 4m0s of 5m0s", "away 6m0s of 5m0s: Mesos marks it unreachable now", "is back at the leader"}; !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
	d = &driver{answers: map[Verb][]Answer{Look: {running, applied}}}
	if d.run(t, Do(onM1(plan.ActionPatch), poll)); len(d.called(AskAway)) > 0 {
		t.Errorf("%v", d.verbs())
	}
}

// Whether the others wait for an agent must not depend on what its node answers.
func TestASilentAgentThatIsAwayTooLongAsksForAHold(t *testing.T) {
	for name, silentFrom := range map[string]time.Duration{"silent as it stops": 0, "silent later": 4 * time.Minute} {
		d := &driver{}
		d.answer = func(c Call) Answer {
			switch silent := d.now.Sub(began); {
			case c.Do == AskAway:
				return Answer{Away: checks.Away{Since: began, Seen: d.now, Budget: 5 * time.Minute}}
			case c.Do == Launch:
				return Answer{Unit: "u"}
			case silent < silentFrom:
				return running
			case silent < 10*time.Minute:
				return unheard
			}
			return applied
		}
		rep := d.run(t, Do(onA1(plan.ActionPatch), poll))
		held := slices.IndexFunc(d.notes, func(n plan.Note) bool { return n.Hold })
		if held < 0 || rep.Outcome != plan.Done {
			t.Errorf("%s: %+v, notes %+v, want a hold", name, rep, d.notes)
			continue
		}
		for _, n := range d.notes[held:] { // the last one with a text says whether others are admitted
			if !n.Hold {
				t.Errorf("%s: %q ends the hold, and the agent is away", name, n.Detail)
			}
		}
	}
}

func TestHowAPatchInDoubtHasEnded(t *testing.T) {
	cut := shows(oldSet, attempt(1, node.Exited, 1))
	cut.Survey.MidSwap = true
	unstarted := shows(target, attempt(1, node.Exited, 1))
	for _, c := range []struct {
		name    string
		looks   []Answer
		claims  []Answer
		outcome plan.Outcome
		class   plan.Class
		verbs   []Verb
		takes   time.Duration
	}{
		{"applied", []Answer{applied}, nil, plan.Done, "", []Verb{Look}, 0},
		{"running", []Answer{running}, nil, plan.Running, "", []Verb{Look}, 0},
		{"failed before the swap", []Answer{harmless}, nil, plan.Failed, plan.BeforeSwap, []Verb{Look}, 0},
		{"never begun", []Answer{nothing}, nil, plan.NotRun, plan.BeforeSwap, []Verb{Look, CallOff}, 0},
		{"no answer", []Answer{unheard}, nil, plan.InDoubt, "", []Verb{Look}, 0},
		{"cut, and no call is under way", []Answer{cut}, nil, plan.Failed, plan.MidSwap, []Verb{Look, Claim, Look}, 0},
		{"cut, and a call is under way", []Answer{cut, applied}, []Answer{refusedBy(node.RefusedBusy), refusedBy(node.RefusedBusy), {}}, plan.Done, "", []Verb{Look, Claim, Claim, Claim, Look}, 2 * poll},
		{"applied and not started, and a call is under way", []Answer{unstarted, applied}, []Answer{refusedBy(node.RefusedBusy), {}}, plan.Done, "", []Verb{Look, Claim, Claim, Look}, poll},
		{"cut, and the node writes down no claim", []Answer{cut}, []Answer{exited(1)}, plan.Failed, plan.MidSwap, []Verb{Look, Claim, Look}, 0},
		{"cut, and another controller's", []Answer{cut}, []Answer{refusedBy(node.RefusedEpoch)}, plan.InDoubt, "", []Verb{Look, Claim}, 0},
		{"cut, and a call does not end", []Answer{cut}, []Answer{refusedBy(node.RefusedBusy)}, plan.InDoubt, "", nil, time.Hour},
	} {
		d := &driver{answers: map[Verb][]Answer{Look: c.looks, Claim: c.claims, CallOff: {untaken}}}
		rep := d.run(t, Reconcile(onM1(plan.ActionPatch), poll))
		if rep.Outcome != c.outcome || rep.Class != c.class || c.verbs != nil && !slices.Equal(d.verbs(), c.verbs) || d.now.Sub(began) != c.takes {
			t.Errorf("%s: %+v after %v, %s; want %s %q after %v, %s", c.name, rep, d.verbs(), d.now.Sub(began), c.outcome, c.class, c.verbs, c.takes)
		}
	}
	for action, want := range map[plan.Action]plan.Outcome{plan.ActionSettle: plan.NotRun, "defragment": plan.InDoubt} {
		d := &driver{}
		if rep := d.run(t, Reconcile(onM1(action), poll)); rep.Outcome != want || len(d.calls) > 0 {
			t.Errorf("%s: %+v after %v", action, rep, d.verbs())
		}
	}
	if rep := (&driver{}).run(t, Do(onM1("defragment"), poll)); rep.Outcome != plan.Failed {
		t.Errorf("%+v", rep)
	}
}
