package orchestrator

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// The cluster is looked at twice for a master: when its lane is admitted, and
// right before its script. These looks are numbered from 1.
const (
	admitting = 1 // m2, which goes first
	launching = 2
)

func TestAMasterThatAnotherLeftWhileItsBaselineWasTakenIsNotTakenOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{red: func(n int) bool { return n >= launching && n < launching+30 }} // the 30 looks are 2 s apart
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, hold: time.Hour})), nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatal(s.Stop, err)
		}
		if after := w.at["masters/m2/patch"].Sub(w.at["masters/m2/baseline"]); after < 2*time.Minute-2*time.Second {
			t.Errorf("the script was started %s after the baseline was begun: the cluster was red until 1m58s", after)
		}
	})
}

func TestAMasterWhoseProofDoesNotComeIsLeftUntouched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{red: func(n int) bool { return n > admitting }}
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, hold: 10 * time.Minute})), nil)
		if err != nil || s.Stop == nil || s.Stop.Reason != journal.StopHeld {
			t.Fatalf("stop %+v, err %v; want a hold that lasted too long", s.Stop, err)
		}
		if slices.Contains(w.did, "masters/m2/patch") || s.Master != "" || s.Begun() {
			t.Errorf("did %v, touched %q: nothing was proved", w.did, s.Master)
		}
	})
}

func TestTheProofOfEachMasterIsInTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{}
		if s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3})), nil); err != nil || s.Ended != journal.RunDone {
			t.Fatal(s.Stop, err)
		}
		for _, e := range w.journal {
			if e.Kind == journal.StepStarted && strings.HasSuffix(string(e.Step), "/patch") != strings.Contains(e.Detail, "quorum 2") {
				t.Errorf("%s started with the proof %q", e.Step, e.Detail)
			}
		}
	})
}

// A script that was found running is watched whatever the others do: it cannot
// be called back.
func TestAMasterFoundRunningIsWatchedWithoutAProof(t *testing.T) {
	tp := newTape(testPlan(shape{masters: 3}))
	s := toPatch(tp)
	s, _ = Next(s, journal.Event{Seq: s.Seq + 1, At: s.At, Kind: journal.StepStarted, Step: "masters/m2/patch", Attempt: 1})
	s, _ = Next(s, journal.Event{Seq: s.Seq + 1, At: s.At, Kind: journal.RunResumed, Epoch: 2})
	s, cmds := Next(s, journal.Event{Seq: s.Seq + 1, At: s.At, Kind: journal.Reconciled, Step: "masters/m2/patch", Report: &plan.Report{Outcome: plan.Running}})
	if len(cmds) == 0 || cmds[0].Start == nil || cmds[0].Start.Proof != "" {
		t.Fatalf("commands %+v, want the script watched", cmds)
	}
	if s, _ = Next(s, journal.Event{Seq: s.Seq + 1, At: s.At, Kind: journal.StepStarted, Step: "masters/m2/patch", Attempt: 1}); s.Stop != nil {
		t.Errorf("stopped: %+v", s.Stop)
	}
}

func TestTheMonitorStopsAMasterStartedWithoutAProof(t *testing.T) {
	tp := newTape(testPlan(shape{masters: 3}))
	s := toPatch(tp)
	for name, ticket := range map[string]*plan.Observation{
		"nothing fresh is known": nil,
		"is not green":           {},
		"no quorum is known":     {Green: true},
	} {
		broken := s.Clone()
		broken.ticket = ticket
		broken, _ = Next(broken, journal.Event{Seq: s.Seq + 1, At: s.At, Kind: journal.StepStarted, Step: "masters/m2/patch", Attempt: 1})
		if broken.Stop == nil || broken.Stop.Reason != journal.StopInvariant || !strings.Contains(broken.Stop.Detail, name) {
			t.Errorf("%s: stop %+v", name, broken.Stop)
		}
	}
}

// toPatch leads a run to where the first master has all but its script.
func toPatch(tp *tape) State {
	obs := green(tp.s.Plan)
	for range 20 {
		tp.settle()
		switch c := tp.cmds[0]; {
		case c.Observe != nil:
			tp.add(journal.Event{Kind: journal.Observed, Observation: &obs, Asked: tp.s.Seq})
		case c.Start.Step.Action == plan.ActionPatch:
			return tp.s
		default:
			tp.add(journal.Event{Kind: journal.StepStarted, Step: c.Start.Step.ID, Node: c.Start.Step.Node, Attempt: 1})
			tp.add(journal.Event{Kind: journal.StepEnded, Step: c.Start.Step.ID, Node: c.Start.Step.Node, Report: &plan.Report{Outcome: plan.Done}})
		}
	}
	panic("no script was asked for")
}
