package orchestrator

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// toLaunch leads a run to where a script is to be launched: its node was made
// ready 10 s before the look that proves it, which took 4 s.
func toLaunch(t *testing.T, sh shape) (*tape, plan.Task) {
	t.Helper()
	tp := newTape(testPlan(sh))
	for range 20 {
		for tp.cmds[0].Record != nil {
			tp.at(0, *tp.cmds[0].Record)
		}
		switch c := tp.cmds[0]; {
		case c.Observe != nil:
			obs, asked := green(tp.s.Plan), tp.s.At.Add(10*time.Second)
			tp.at(14*time.Second, journal.Event{Kind: journal.Observed, Observation: &obs, Asked: tp.s.Seq, AskedAt: asked})
		case c.Start.Step.Action == plan.ActionPatch:
			return tp, *c.Start
		default:
			tp.at(0, journal.Event{Kind: journal.StepStarted, Step: c.Start.Step.ID, Node: c.Start.Step.Node, Attempt: 1})
			tp.at(0, journal.Event{Kind: journal.StepEnded, Step: c.Start.Step.ID, Node: c.Start.Step.Node,
				Report: &plan.Report{Outcome: plan.Done, Ready: &plan.Ready{Attempt: 3, BootID: "b", Uptime: plan.Duration(time.Hour)}}})
		}
	}
	t.Fatal("no script was asked for")
	return nil, plan.Task{}
}

// The deadline is the age of the look that a plan allows, by the node's clock:
// its uptime as it was made ready, the 10 s from there to the look, and FreshFor.
func TestALaunchCarriesTheDeadlineOfItsProof(t *testing.T) {
	for name, sh := range map[string]shape{"a master": {masters: 3}, "an agent": {agents: 2}} {
		tp, task := toLaunch(t, sh)
		want := plan.Deadline{BootID: "b", Uptime: plan.Duration(time.Hour + 10*time.Second + plan.FreshFor), By: tp.s.At.Add(-4*time.Second + plan.FreshFor)}
		if task.Until.BootID != want.BootID || task.Until.Uptime != want.Uptime || !task.Until.By.Equal(want.By) {
			t.Errorf("%s: deadline %+v, want %+v", name, task.Until, want)
		}
		if why := task.Unlaunchable(); why != "" || task.Proof == "" || task.Ready.Attempt != 3 {
			t.Errorf("%s: %q, %+v", name, why, task)
		}
	}
}

// A laptop that slept between the node's uptime and the look knows of less time
// than has passed, or of more: the deadline is never the later one.
func TestAClockThatJumpedMakesADeadlineNoLater(t *testing.T) {
	r := plan.Ready{BootID: "b", Uptime: plan.Duration(time.Hour)}
	if got := r.Until(0, time.Now()).Uptime; got != plan.Duration(time.Hour+plan.FreshFor) {
		t.Errorf("%s", got)
	}
	if got := r.Until(-time.Minute, time.Now()).Uptime; got > plan.Duration(time.Hour+plan.FreshFor) {
		t.Errorf("%s", got)
	}
}

func TestNothingIsLaunchedWithoutProofAndDeadline(t *testing.T) {
	_, whole := toLaunch(t, shape{masters: 3})
	for name, spoil := range map[string]func(*plan.Task){
		"no proof":         func(t *plan.Task) { t.Proof = "" },
		"not made ready":   func(t *plan.Task) { t.Ready = nil },
		"no number":        func(t *plan.Task) { t.Ready = &plan.Ready{BootID: "b"} },
		"no boot":          func(t *plan.Task) { t.Until.BootID = "" },
		"no uptime":        func(t *plan.Task) { t.Until.Uptime = 0 },
		"no time of ours":  func(t *plan.Task) { t.Until.By = time.Time{} },
		"no deadline":      func(t *plan.Task) { t.Until = plan.Deadline{} },
		"the zero of both": func(t *plan.Task) { t.Proof, t.Until = "", plan.Deadline{} },
	} {
		task := whole
		spoil(&task)
		if task.Unlaunchable() == "" {
			t.Errorf("%s: it may be launched", name)
		}
	}
}

// An agent has a look of its own too: what broke since it was admitted keeps it.
func TestAnAgentIsProvedAgainRightBeforeItsScript(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{red: func(n int) bool { return n >= launching && n < launching+30 }} // the 30 looks are 2 s apart
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{agents: 2, hold: time.Hour})), nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatal(s.Stop, err)
		}
		if after := w.at["general/a1/patch"].Sub(w.at["general/a1/baseline"]); after < 2*time.Minute-2*time.Second {
			t.Errorf("the script was started %s after the baseline was begun: the cluster was red until 1m58s", after)
		}
	})
}

// Agents that died since the admission count: two of ours and one of somebody
// else's are more than may be out, one after the other is not.
func TestAgentsWaitForEachOtherWhenAnotherDiesMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{}
		w.red = func(n int) bool { // not red, but from the first launch on a4 is out
			if n >= launching {
				w.out = []inventory.NodeName{"a4"}
			}
			return false
		}
		p := testPlan(shape{agents: 4, width: 2, maxOut: 2, hold: time.Hour})
		p.Stages[3].Lanes = p.Stages[3].Lanes[:2]
		s, err := w.drive(t.Context(), New(), started(p), nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatal(s.Stop, err)
		}
		began1, back1, began2, back2 := w.at["general/a1/patch"], w.at["general/a1/serve"], w.at["general/a2/patch"], w.at["general/a2/serve"]
		if began2.Before(back1) && began1.Before(back2) {
			t.Errorf("both were out at once, with a4: from %s and %s, until after %s and %s", began1, began2, back1, back2)
		}
	})
}

func notRunReport() plan.Report {
	return plan.Report{Outcome: plan.NotRun, Class: plan.BeforeSwap, Detail: "refused: late"}
}

// A launch that came too late has its node admitted again, made ready again, and
// proved again.
func TestALaunchThatCameTooLateIsAdmittedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, id := range []plan.StepID{"masters/m2/patch", "general/a1/patch"} {
			tries := 0
			late := func(context.Context, plan.Task, func(plan.Note)) plan.Report {
				if tries++; tries < lateLimit {
					return notRunReport()
				}
				return plan.Report{Outcome: plan.Done}
			}
			w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{id: late}}
			s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, agents: 2})), nil)
			if err != nil || s.Ended != journal.RunDone || tries != lateLimit {
				t.Fatal(s.Stop, err, tries)
			}
			var attempts []int
			looks, looked := 0, 0
			for _, e := range w.journal {
				switch {
				case e.Kind == journal.Observed:
					looks++
				case e.Kind == journal.StepStarted && e.Step == id:
					attempts = append(attempts, e.Attempt)
					if looks < looked+2 { // one admits, one proves
						t.Errorf("%s: started on the %dth look, after one on the %dth", id, looks, looked)
					}
					looked = looks
				}
			}
			if !slices.Equal(attempts, []int{1, 1, 1}) {
				t.Errorf("%s: attempts %v: none of them has begun, so each is the first", id, attempts)
			}
		}
	})
}

// One whose launches are always too late does not go round for ever.
func TestALaneWhoseLaunchesAreAllTooLateFailsUntouched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := func(context.Context, plan.Task, func(plan.Note)) plan.Report { return notRunReport() }
		for id, class := range map[plan.StepID]Phase{"masters/m2/patch": Broken, "general/a1/patch": Broken} {
			w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{id: never}}
			s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, agents: 2})), nil)
			if err != nil || s.Stop == nil || s.Stop.Step != id || s.Stop.Reason != journal.StopFailed || !strings.Contains(s.Stop.Detail, "3 times in vain") {
				t.Fatalf("%s: stop %+v, err %v", id, s.Stop, err)
			}
			if safe := s.SafeToLeave(); !safe.Safe || s.Unverified(s.NodeOf(id)) {
				t.Errorf("%s: %+v, and it counts as touched: %v", id, safe, s.Unverified(s.NodeOf(id)))
			}
			if s.Count(class) != 1 {
				t.Errorf("%s: %d lanes %s", id, s.Count(class), class)
			}
			n := 0
			for _, did := range w.did {
				if did == id {
					n++
				}
			}
			if n != lateLimit {
				t.Errorf("%s: launched %d times", id, n)
			}
		}
	})
}
