package orchestrator

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// at folds an event at a moment after the last one.
func (t *tape) at(after time.Duration, e journal.Event) {
	e.Seq, e.At = t.s.Seq+1, t.s.At.Add(after)
	t.events = append(t.events, e)
	t.s, t.cmds = Next(t.s, e)
}

// step carries a step through.
func (t *tape) step(id plan.StepID) {
	t.settle()
	t.at(time.Second, journal.Event{Kind: journal.StepStarted, Step: id, Attempt: 1})
	t.at(time.Second, journal.Event{Kind: journal.StepEnded, Step: id, Report: &plan.Report{Outcome: plan.Done}})
}

// window leads a run of two masters out of the way to where a1 and a2 are in
// flight, their scripts started, with room for a third.
func window(t *testing.T) *tape {
	t.Helper()
	tp := newTape(testPlan(shape{agents: 4, width: 2, maxOut: 4}))
	tp.step("preflight//preflight")
	tp.observed(t, 0)
	tp.settle()
	if got := tp.inFlight(); !slices.Equal(got, []inventory.NodeName{"a1", "a2"}) {
		t.Fatalf("in flight %v, want a1 and a2", got)
	}
	for _, n := range []string{"a1", "a2"} {
		tp.step(plan.StepID("general/" + n + "/baseline"))
		tp.observed(t, 0)
		tp.step(plan.StepID("general/" + n + "/patch"))
	}
	return tp
}

// observed is a green look at the cluster that took a while.
func (t *tape) observed(tb testing.TB, took time.Duration) {
	tb.Helper()
	if !t.asksForALook() {
		tb.Fatalf("commands %+v, want a look at the cluster", t.cmds)
	}
	obs, asked := green(t.s.Plan), t.s.At
	t.at(took, journal.Event{Kind: journal.Observed, Observation: &obs, Asked: t.s.Seq, AskedAt: asked})
}

func (t *tape) asksForALook() bool {
	return slices.ContainsFunc(t.cmds, func(c Command) bool { return c.Observe != nil })
}

func (t *tape) admits() string {
	for _, c := range t.cmds {
		if c.Record != nil && c.Record.Kind == journal.LaneAdmitted {
			return string(c.Record.Node)
		}
	}
	return ""
}

func (t *tape) inFlight() []inventory.NodeName {
	var names []inventory.NodeName
	for _, i := range t.s.Flight {
		names = append(names, t.s.CurrentStage().Lanes[i].Node)
	}
	return names
}

// hold is a note of a step under way that asks to admit nothing; back ends it.
func hold(step plan.StepID, node inventory.NodeName) journal.Event {
	return journal.Event{Kind: journal.StepNoted, Step: step, Node: node, Note: &plan.Note{Hold: true, Detail: "away 3m0s of 5m0s"}}
}

func back(step plan.StepID, node inventory.NodeName) journal.Event {
	return journal.Event{Kind: journal.StepNoted, Step: step, Node: node, Note: &plan.Note{Detail: "is back at the leader"}}
}

// TestALookThatArrivesDuringAHoldAdmitsNothingAfterIt: a1 and a2 are in flight,
// a2 is verified, the engine asks for a look, a1 goes away, the look arrives,
// and minutes later a1 is back.
func TestALookThatArrivesDuringAHoldAdmitsNothingAfterIt(t *testing.T) {
	tp := window(t)
	tp.at(0, journal.Event{Kind: journal.StepStarted, Step: "general/a1/return", Attempt: 1})
	tp.step("general/a2/return")
	tp.step("general/a2/serve")
	if !tp.asksForALook() {
		t.Fatalf("commands %+v, want a look", tp.cmds)
	}
	obs, asked, askedAt := green(tp.s.Plan), tp.s.Seq, tp.s.At
	tp.at(time.Second, hold("general/a1/return", "a1"))
	tp.settle()
	tp.at(time.Second, journal.Event{Kind: journal.Observed, Observation: &obs, Asked: asked, AskedAt: askedAt})
	tp.at(7*time.Minute, back("general/a1/return", "a1"))
	if n := tp.admits(); n != "" || !tp.asksForALook() {
		t.Fatalf("%q admitted on a look of 7 minutes ago; commands %+v", n, tp.cmds)
	}
}

// TestALookFromDuringAHoldAdmitsNothingAfterIt: one that was asked for after
// the agent went away knows nothing of what happened until it is back.
func TestALookFromDuringAHoldAdmitsNothingAfterIt(t *testing.T) {
	tp := window(t)
	tp.at(0, journal.Event{Kind: journal.StepStarted, Step: "general/a1/return", Attempt: 1})
	tp.step("general/a2/return")
	tp.step("general/a2/serve")
	tp.at(time.Second, hold("general/a1/return", "a1"))
	obs := green(tp.s.Plan)
	tp.at(time.Second, journal.Event{Kind: journal.Observed, Observation: &obs, Asked: tp.s.Seq, AskedAt: tp.s.At})
	tp.at(time.Second, back("general/a1/return", "a1"))
	if n := tp.admits(); n != "" || !tp.asksForALook() {
		t.Fatalf("%q admitted on a look from the hold; commands %+v", n, tp.cmds)
	}
}

// TestTheEndOfAStepThatAskedToAdmitNothingAsksForANewLook: the hold may end
// with the step instead of a note.
func TestTheEndOfAStepThatAskedToAdmitNothingAsksForANewLook(t *testing.T) {
	tp := window(t)
	tp.at(0, journal.Event{Kind: journal.StepStarted, Step: "general/a1/return", Attempt: 1})
	tp.step("general/a2/return")
	tp.step("general/a2/serve")
	tp.at(time.Second, hold("general/a1/return", "a1"))
	obs := green(tp.s.Plan)
	tp.at(time.Second, journal.Event{Kind: journal.Observed, Observation: &obs, Asked: tp.s.Seq, AskedAt: tp.s.At})
	tp.at(time.Second, journal.Event{Kind: journal.StepEnded, Step: "general/a1/return", Report: &plan.Report{Outcome: plan.Done}})
	if n := tp.admits(); n != "" || !tp.asksForALook() {
		t.Fatalf("%q admitted on a look from the hold; commands %+v", n, tp.cmds)
	}
}

// TestAStaleLookIsNoTicket: it was asked for before a lane ended.
func TestAStaleLookIsNoTicket(t *testing.T) {
	tp := window(t)
	obs, asked, askedAt := green(tp.s.Plan), tp.s.Seq, tp.s.At
	tp.step("general/a2/return")
	tp.step("general/a2/serve")
	tp.at(0, journal.Event{Kind: journal.Observed, Observation: &obs, Asked: asked, AskedAt: askedAt})
	if n := tp.admits(); n != "" || !tp.asksForALook() {
		t.Fatalf("%q admitted on a look from before a2 was done; commands %+v", n, tp.cmds)
	}
}

// TestATicketDoesNotSurviveAResume: the earlier controller's last look, taken
// just before it was killed, admits nothing for the next one.
func TestATicketDoesNotSurviveAResume(t *testing.T) {
	tp := newTape(testPlan(shape{agents: 4, width: 2, maxOut: 4}))
	tp.step("preflight//preflight")
	asked, askedAt := tp.s.Seq, tp.s.At
	tp.observed(t, 0)
	if tp.admits() == "" {
		t.Fatalf("commands %+v, want an admission", tp.cmds)
	}
	tp.at(0, journal.Event{Kind: journal.RunResumed, Epoch: 2})
	if n := tp.admits(); n != "" || !tp.asksForALook() {
		t.Fatalf("%q admitted on the ticket of an earlier controller; commands %+v", n, tp.cmds)
	}
	obs := green(tp.s.Plan)
	tp.at(0, journal.Event{Kind: journal.Observed, Observation: &obs, Asked: asked, AskedAt: askedAt})
	if n := tp.admits(); n != "" || !tp.asksForALook() {
		t.Fatalf("%q admitted on a look of an earlier controller; commands %+v", n, tp.cmds)
	}
}

// TestALookAdmitsOnlyWhileItIsFresh: its age counts from when it was asked for.
func TestALookAdmitsOnlyWhileItIsFresh(t *testing.T) {
	for took, want := range map[time.Duration]string{0: "a1", plan.FreshFor: "a1", plan.FreshFor + time.Second: ""} {
		tp := newTape(testPlan(shape{agents: 4, width: 2, maxOut: 4}))
		tp.step("preflight//preflight")
		tp.observed(t, took)
		if got := tp.admits(); got != want {
			t.Errorf("a look that took %s admits %q, want %q", took, got, want)
		}
		if want == "" && !tp.asksForALook() {
			t.Errorf("commands %+v, want another look", tp.cmds)
		}
	}
}

// TestTheMonitorStopsALaneAdmittedOnAnOldLook: the fold refuses what the
// decision must not have said.
func TestTheMonitorStopsALaneAdmittedOnAnOldLook(t *testing.T) {
	tp := newTape(testPlan(shape{agents: 4, width: 2, maxOut: 4}))
	tp.step("preflight//preflight")
	tp.observed(t, 0)
	e := *tp.cmds[0].Record
	tp.at(plan.FreshFor+time.Second, e)
	if tp.s.Stop == nil || tp.s.Stop.Reason != journal.StopInvariant {
		t.Fatalf("admitted on a look of %s ago: stop %+v", plan.FreshFor+time.Second, tp.s.Stop)
	}
}

// TestAnOldProofTakesNoMasterOut: the same for the proof of a master's script.
func TestAnOldProofTakesNoMasterOut(t *testing.T) {
	tp := newTape(testPlan(shape{masters: 3}))
	toPatch(tp)
	start := *tp.cmds[0].Start
	e := journal.Event{Kind: journal.StepStarted, Step: start.Step.ID, Attempt: 1}
	e.Seq, e.At = tp.s.Seq+1, tp.s.At.Add(plan.FreshFor+time.Minute)
	if s, _ := Next(tp.s.Clone(), e); s.Stop == nil || s.Stop.Reason != journal.StopInvariant {
		t.Errorf("a script was started on an old proof: stop %+v", s.Stop)
	}
	e.At = tp.s.At
	if s, _ := Next(tp.s.Clone(), e); s.Stop != nil {
		t.Errorf("a script was not started on a fresh proof: stop %+v", s.Stop)
	}
}

// TestADriverThatSleptAsksAgain: the controller is suspended between what it
// decided and what it does about it. It does not admit on what it knew, and the
// run is not stopped for that.
func TestADriverThatSleptAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slept time.Duration
		w := &script{}
		d := &Driver{Actor: w, Observer: w, Recorder: w, Now: func() time.Time { return time.Now().Add(slept) }}
		looks := 0
		d.Sink = func(e journal.Event, s State) {
			if e.Kind == journal.Observed {
				if looks++; looks == 2 {
					slept += 8 * time.Hour
				}
			}
		}
		s, err := d.Run(t.Context(), New(), started(testPlan(shape{masters: 3, agents: 2})), nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatalf("ended %q, stop %+v, %v", s.Ended, s.Stop, err)
		}
		for i, e := range w.journal {
			if e.Kind == journal.LaneAdmitted && e.Stage != "preflight" && e.Stage != "postflight" {
				if age := e.At.Sub(w.journal[i-1].AskedAt); w.journal[i-1].Kind == journal.Observed && age > plan.FreshFor {
					t.Errorf("%s admitted on a look of %s ago", e.Node, age)
				}
			}
		}
	})
}

// TestANoteThatHoldsVoidsTheTicket: whatever ends the hold, what was seen before
// it began admits nothing.
func TestANoteThatHoldsVoidsTheTicket(t *testing.T) {
	tp := window(t)
	tp.at(0, journal.Event{Kind: journal.StepStarted, Step: "general/a1/return", Attempt: 1})
	tp.step("general/a2/return")
	tp.step("general/a2/serve")
	tp.observed(t, 0)
	if tp.admits() != "a3" {
		t.Fatalf("commands %+v, want a3 admitted", tp.cmds)
	}
	tp.at(0, hold("general/a1/return", "a1"))
	if tp.s.ticket != nil || tp.admits() != "" {
		t.Errorf("ticket %+v, commands %+v", tp.s.ticket, tp.cmds)
	}
}

// slow is an observer whose first looks take long.
type slow struct {
	*script
	looks int
}

func (o *slow) Observe(ctx context.Context, ask plan.Ask) plan.Observation {
	if o.looks++; o.looks <= 2 {
		time.Sleep(plan.FreshFor + time.Second)
	}
	return o.script.Observe(ctx, ask)
}

// TestALookThatTookTooLongHoldsAndIsTakenAgain: its first answers are old when
// the last one comes. People are told why nothing happens.
func TestALookThatTookTooLongHoldsAndIsTakenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{}
		d := &Driver{Actor: w, Observer: &slow{script: w}, Recorder: w, Pace: 2 * time.Second}
		s, err := d.Run(t.Context(), New(), started(testPlan(shape{agents: 2, hold: time.Hour})), nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatalf("ended %q, stop %+v, %v", s.Ended, s.Stop, err)
		}
		var kinds []journal.Kind
		for _, e := range w.journal {
			if e.Kind == journal.Observed || e.Kind == journal.Held || e.Kind == journal.HoldEnded || e.Kind == journal.LaneAdmitted && e.Node == "a1" {
				kinds = append(kinds, e.Kind)
			}
		}
		want := []journal.Kind{journal.Observed, journal.Held, journal.Observed, journal.Observed, journal.HoldEnded, journal.LaneAdmitted}
		if len(kinds) < len(want) || !slices.Equal(kinds[:len(want)], want) {
			t.Errorf("the journal has %v, want %v", kinds, want)
		}
		ended := slices.IndexFunc(w.journal, func(e journal.Event) bool { return e.Kind == journal.HoldEnded })
		if took := w.journal[ended].At.Sub(w.journal[0].At); took > 2*(plan.FreshFor+time.Second)+time.Minute+2*d.Pace {
			t.Errorf("held until %s after the start: the first look in time was not enough", took)
		}
	})
}
