package orchestrator

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// laptop drives a run on a controller that sleeps for 8 hours while a step is
// under way: the world goes on, its timers do not, and its clock has jumped when
// it wakes. after are the events from then on.
func laptop(t *testing.T, owned func(try int) error) (s State, after []journal.Event, tries int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var slept atomic.Int64 // nanoseconds
		w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{
			"general/a1/return": func(context.Context, plan.Task, func(plan.Note)) plan.Report {
				time.Sleep(time.Minute)
				slept.Store(int64(8 * time.Hour))
				return plan.Report{Outcome: plan.Done}
			},
		}}
		d := &Driver{Actor: w, Observer: w, Recorder: w, Pace: 2 * time.Second, Now: func() time.Time { return time.Now().Add(time.Duration(slept.Load())) }}
		d.Owned = func(_ context.Context, slept time.Duration) error {
			if slept < 8*time.Hour || slept > 8*time.Hour+5*time.Minute {
				t.Errorf("it slept for %s, want some 8 h", slept)
			}
			tries++
			return owned(tries)
		}
		d.Sink = func(e journal.Event, _ State) {
			if slept.Load() > 0 {
				after = append(after, e)
			}
		}
		var err error
		if s, err = d.Run(t.Context(), New(), started(testPlan(shape{agents: 3, width: 1, maxOut: 2})), nil); err != nil {
			t.Fatal(err)
		}
	})
	return s, after, tries
}

func TestAControllerThatWakesAsksWhetherTheRunIsItsOwn(t *testing.T) {
	s, _, tries := laptop(t, func(int) error { return nil })
	if s.Ended != journal.RunDone || tries != 1 {
		t.Errorf("ended %q after %d questions: want the run done, and one question", s.Ended, tries)
	}
}

func TestAControllerThatWakesInAnothersRunDoesNothing(t *testing.T) {
	s, after, tries := laptop(t, func(int) error { return &TakenOverError{Detail: "m1 has seen epoch 2"} })
	if s.Ended != journal.RunStopped || s.Stop.Reason != journal.StopTakenOver || tries != 1 {
		t.Errorf("ended %q, stop %+v, %d questions", s.Ended, s.Stop, tries)
	}
	for _, e := range after {
		if e.Kind == journal.StepStarted || e.Kind == journal.LaneAdmitted {
			t.Errorf("it did something first: %s %s%s", e.Kind, e.Step, e.Node)
		}
	}
}

func TestAControllerThatWakesWithoutANetworkWaitsUntilItKnows(t *testing.T) {
	s, after, tries := laptop(t, func(try int) error {
		if try < 30 {
			return errors.New("no route to m1, m2, m3")
		}
		return &TakenOverError{Detail: "m1 has seen epoch 2"}
	})
	if s.Stop == nil || s.Stop.Reason != journal.StopTakenOver || tries != 30 {
		t.Errorf("stop %+v after %d questions", s.Stop, tries)
	}
	for _, e := range after {
		if e.Kind == journal.StepStarted || e.Kind == journal.LaneAdmitted {
			t.Errorf("it did something before it knew: %s %s%s", e.Kind, e.Step, e.Node)
		}
	}
}

// TestAControllerThatIsAwakeAsksNothing: steps that take long are no sleep.
func TestAControllerThatIsAwakeAsksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{
			"general/a1/return": func(context.Context, plan.Task, func(plan.Note)) plan.Report {
				time.Sleep(2 * time.Hour)
				return plan.Report{Outcome: plan.Done}
			},
		}}
		tries := 0
		d := &Driver{Actor: w, Observer: w, Recorder: w, Owned: func(context.Context, time.Duration) error { tries++; return nil }}
		s, err := d.Run(t.Context(), New(), started(testPlan(shape{agents: 2})), nil)
		if err != nil || s.Ended != journal.RunDone || tries != 0 {
			t.Errorf("%v, ended %q, %d questions", err, s.Ended, tries)
		}
	})
}
