package orchestrator

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// script is a scripted world: every step takes a minute unless said otherwise.
type script struct {
	mu      sync.Mutex
	did     []plan.StepID
	answer  map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report
	looked  map[plan.StepID]plan.Report
	red     func(n int) bool // the nth observation is red
	seen    int
	at      map[plan.StepID]time.Time
	refuse  uint64 // seq that cannot be recorded
	refused bool   // it came
	journal []journal.Event
	plan    *plan.Plan                                    // of the run
	next    func(State, journal.Event) (State, []Command) // nil: the engine
	undid   []plan.Undoing
	unable  int                           // attempts to undo that fail, the first ones
	out     []inventory.NodeName          // of service, whenever somebody looks
	states  func(n int) []plan.AgentState // of agents, at the nth observation
}

func (w *script) Do(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	w.mu.Lock()
	w.did = append(w.did, t.Step.ID)
	if w.at == nil {
		w.at = map[plan.StepID]time.Time{}
	}
	w.at[t.Step.ID] = time.Now()
	f := w.answer[t.Step.ID]
	w.mu.Unlock()
	if f != nil {
		return f(ctx, t, note)
	}
	select {
	case <-time.After(time.Minute):
		return plan.Report{Outcome: plan.Done, Undone: true}
	case <-ctx.Done():
		return plan.Report{Outcome: plan.InDoubt}
	}
}

func (w *script) Undo(_ context.Context, u plan.Undoing) plan.Report {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.undid = append(w.undid, u)
	if len(w.undid) <= w.unable {
		return plan.Report{Outcome: plan.InDoubt, Detail: "the leader does not answer"}
	}
	return plan.Report{Outcome: plan.Done}
}

func (w *script) Reconcile(_ context.Context, t plan.Task) plan.Report { return w.looked[t.Step.ID] }

func (w *script) Observe(context.Context, plan.Ask) plan.Observation {
	w.seen++
	obs := green(w.plan)
	obs.Out = w.out
	if w.states != nil {
		obs.Agents = w.states(w.seen)
	}
	if w.red != nil && w.red(w.seen) {
		obs.Green = false
	}
	return obs
}

func (w *script) Record(e journal.Event) error {
	if e.Seq == w.refuse {
		w.refused = true
		return errors.New("disk full")
	}
	w.journal = append(w.journal, e)
	if w.plan == nil { // of the first event alone: workers read it
		w.plan = e.Plan
	}
	return nil
}

// drive gives a run three days, so that one without end fails its test. Nothing
// of it may reach the journal: what a HOLD sees again is not written.
func (w *script) drive(ctx context.Context, s State, first journal.Event, pause chan struct{}) (State, error) {
	ctx, cancel := context.WithTimeout(ctx, 72*time.Hour)
	defer cancel()
	w.plan = cmp.Or(w.plan, s.Plan)
	d := &Driver{Actor: w, Observer: w, Recorder: w, Pace: 2 * time.Second, next: w.next}
	return d.Run(ctx, s, first, pause)
}

func started(p *plan.Plan) journal.Event {
	return journal.Event{Kind: journal.RunStarted, Run: "r", Epoch: 1, Plan: p}
}

func TestARunPatchesMastersByWeightThenCanaryThenAgentsInAWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{}
		begin := time.Now()
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, agents: 5, width: 2, maxOut: 4, canary: true})), nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatalf("ended %q, stop %+v, err %v", s.Ended, s.Stop, err)
		}
		var patches []string
		for _, id := range w.did {
			if strings.HasSuffix(string(id), "/patch") {
				patches = append(patches, string(id))
			}
		}
		want := []string{"masters/m2/patch", "masters/m3/patch", "masters/m1/patch", "canary/a1/patch"}
		if !slices.Equal(patches[:4], want) || len(patches) != 8 {
			t.Errorf("patched in order %v, want %v and then four agents", patches, want)
		}
		// 1 preflight + 3 masters x 4 + canary 6 + two waves of 4 + postflight: a sliding window of two.
		if took := time.Since(begin); took != 28*time.Minute {
			t.Errorf("took %s of virtual time, want 28m", took)
		}
	})
}

func TestTheWindowSlidesAsSoonAsALaneIsVerified(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(ctx context.Context, _ plan.Task, _ func(plan.Note)) plan.Report {
			time.Sleep(time.Hour)
			return plan.Report{Outcome: plan.Done}
		}
		w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{"general/a1/patch": slow}}
		if s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, agents: 4, width: 2, maxOut: 4})), nil); err != nil || s.Ended != journal.RunDone {
			t.Fatal(s.Stop, err)
		}
		if !w.at["general/a4/patch"].Before(w.at["general/a1/return"]) {
			t.Error("a4 waited for the slow a1: a batch barrier, not a window")
		}
	})
}

func TestAFailedLaneStopsTheLineAndItsSiblingsFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{
			"general/a1/return": func(context.Context, plan.Task, func(plan.Note)) plan.Report {
				return plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: "not registered"}
			},
		}}
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, agents: 4, width: 2, maxOut: 4})), nil)
		if err != nil || s.Stop == nil || s.Stop.Reason != journal.StopFailed || s.Stop.Node != "a1" {
			t.Fatalf("stop %+v, err %v", s.Stop, err)
		}
		if !slices.Contains(w.did, "general/a2/serve") || slices.Contains(w.did, "general/a3/baseline") {
			t.Errorf("did %v: want a2 finished and a3 not begun", w.did)
		}
	})
}

func TestARedClusterHoldsAndGoesOnByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{red: func(n int) bool { return n >= 2 && n < 30 }}
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, hold: time.Hour})), nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatal(s.Stop, err)
		}
		var kinds []journal.Kind
		for _, e := range w.journal {
			if e.Kind == journal.Held || e.Kind == journal.HoldEnded {
				kinds = append(kinds, e.Kind)
			}
		}
		if !slices.Equal(kinds, []journal.Kind{journal.Held, journal.HoldEnded}) {
			t.Errorf("holds %v, want one, ended", kinds)
		}
	})
}

func TestAHoldThatLastsTooLongStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{red: func(n int) bool { return n >= 2 }}
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, hold: 10 * time.Minute})), nil)
		if err != nil || s.Stop == nil || s.Stop.Reason != journal.StopHeld {
			t.Fatalf("stop %+v, err %v", s.Stop, err)
		}
	})
}

func TestTheFirstInterruptFinishesTheNodesInHandAndResumeGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pause := make(chan struct{}, 1)
		w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{
			"masters/m3/patch": func(context.Context, plan.Task, func(plan.Note)) plan.Report {
				pause <- struct{}{}
				time.Sleep(time.Minute)
				return plan.Report{Outcome: plan.Done}
			},
		}}
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3})), pause)
		if err != nil || s.Stop == nil || s.Stop.Reason != journal.StopInterrupted {
			t.Fatalf("stop %+v, err %v", s.Stop, err)
		}
		if w.did[len(w.did)-1] != "masters/m3/serve" {
			t.Errorf("last did %s, want m3 brought back and verified", w.did[len(w.did)-1])
		}
		w.did = nil
		s, err = w.drive(t.Context(), s, journal.Event{Kind: journal.RunResumed, Epoch: 2}, nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatalf("resumed: stop %+v, err %v", s.Stop, err)
		}
		if w.did[0] != "masters/m3/serve" || slices.Contains(w.did, "masters/m3/patch") {
			t.Errorf("resumed with %v: want m3 verified first and not patched again", w.did)
		}
	})
}

func TestTheSecondInterruptLeavesTheStepInDoubtAndResumeLooksFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		hang := func(ctx context.Context, _ plan.Task, _ func(plan.Note)) plan.Report {
			cancel()
			<-ctx.Done()
			return plan.Report{Outcome: plan.InDoubt}
		}
		w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{"masters/m2/patch": hang},
			looked: map[plan.StepID]plan.Report{"masters/m2/patch": {Outcome: plan.Done}}}
		s, err := w.drive(ctx, New(), started(testPlan(shape{masters: 3})), nil)
		if err != nil || s.Ended != journal.RunStopped || len(s.Owed()) != 1 {
			t.Fatalf("ended %q owed %v err %v", s.Ended, s.Owed(), err)
		}
		s, err = w.drive(t.Context(), refold(w.journal), journal.Event{Kind: journal.RunResumed, Epoch: 2}, nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatalf("resumed: stop %+v, err %v", s.Stop, err)
		}
		n := 0
		for _, id := range w.did {
			if id == "masters/m2/patch" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("m2 patched %d times, want once", n)
		}
	})
}

func TestNothingIsDoneWhenItCannotBeRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := testPlan(shape{masters: 3})
		for seq := uint64(1); ; seq++ {
			w := &script{refuse: seq}
			s, err := w.drive(t.Context(), New(), started(p), nil)
			var rec *RecordError
			if !errors.As(err, &rec) {
				if err == nil && s.Ended == journal.RunDone && !w.refused {
					return // seq lies beyond the run's end
				}
				t.Fatalf("seq %d: err %v", seq, err)
			}
			recorded := map[plan.StepID]bool{}
			for _, e := range w.journal {
				if e.Kind == journal.StepStarted {
					recorded[e.Step] = true
				}
			}
			for _, id := range w.did {
				if !recorded[id] {
					t.Fatalf("seq %d: %s was done and its start is not in the journal", seq, id)
				}
			}
		}
	})
}

func TestAPanickingActorLeavesAStepInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{
			"masters/m2/patch": func(context.Context, plan.Task, func(plan.Note)) plan.Report { panic("bug") },
		}}
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3})), nil)
		if err != nil || s.Stop == nil || s.Stop.Reason != journal.StopInDoubt {
			t.Fatalf("stop %+v, err %v", s.Stop, err)
		}
	})
}

func TestAnAgentThatIsAwayTooLongHoldsTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var back time.Time
		w := &script{answer: map[plan.StepID]func(context.Context, plan.Task, func(plan.Note)) plan.Report{
			"general/a1/return": func(_ context.Context, _ plan.Task, note func(plan.Note)) plan.Report {
				note(plan.Note{Hold: true, Detail: "away 3m0s of 5m0s"})
				time.Sleep(30 * time.Minute)
				back = time.Now()
				return plan.Report{Outcome: plan.Done}
			},
		}}
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, agents: 4, width: 2, maxOut: 4, hold: time.Hour})), nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatal(s.Stop, err)
		}
		for _, n := range []inventory.NodeName{"a3", "a4"} {
			if id := plan.StepID("general/" + string(n) + "/patch"); w.at[id].Before(back) {
				t.Errorf("%s was started while a1 was away", n)
			}
		}
		if !slices.ContainsFunc(w.journal, func(e journal.Event) bool { return e.Kind == journal.Held && e.Detail == "a1 is away 3m0s of 5m0s" }) {
			t.Error("no hold says which agent is away")
		}
	})
}
