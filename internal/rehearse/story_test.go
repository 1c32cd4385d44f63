package rehearse

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

func production(t testing.TB) *plan.Plan {
	t.Helper()
	inv, err := inventory.Load("../../examples/production/inventory.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Plan(inv, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestACalmNightTakesAsLongAsThePlanSays(t *testing.T) {
	t.Parallel()
	p := production(t)
	r := Many(Options{Plan: p, Seed: 1}, 5)
	if len(r.Alone) != 5 || len(r.Broken) > 0 || len(r.Stops) > 0 || r.Scripts != 5*121 {
		t.Fatalf("%d of 5 calm nights ended alone, %d scripts, stops %v, broken %v", len(r.Alone), r.Scripts, r.Stops, r.Broken)
	}
	estimate := p.Estimate.D()
	if median := Quantile(r.Alone, 0.5); median < estimate*9/10 || median > estimate*11/10 {
		t.Errorf("median %s, and the plan's estimate is %s: one of the two is wrong", median, estimate)
	}
}

func TestTheSameSeedGivesTheSameNights(t *testing.T) {
	t.Parallel()
	o := Options{Plan: production(t), Seed: 7, Chaos: 3}
	a, b := Many(o, 4), Many(o, 4)
	if !reflect.DeepEqual(a, b) {
		t.Errorf("two rehearsals differ:\n%+v\n%+v", a, b)
	}
	o.Seed = 8
	if c := Many(o, 4); reflect.DeepEqual(a.Alone, c.Alone) && reflect.DeepEqual(a.Helped, c.Helped) {
		t.Error("another seed gives the same nights")
	}
}

func TestABadNightBreaksNoRule(t *testing.T) {
	t.Parallel()
	r := Many(Options{Plan: production(t), Seed: 1, Chaos: 6}, 8)
	for _, b := range r.Broken {
		t.Errorf("seed %d, night %d: %s\n%s", r.Seed, b.Number, b.Rule, strings.Join(b.Story, "\n"))
	}
	if len(r.Stops) == 0 || r.Holds == 0 {
		t.Errorf("%d kinds of stops, %d holds: want some of both, or the nights were not bad", len(r.Stops), r.Holds)
	}
}

// TestTheOracleSees: an oracle that never speaks proves nothing. Each rule is
// broken on the twin, by hand.
func TestTheOracleSees(t *testing.T) {
	t.Parallel()
	plans, err := SmallPlans()
	if err != nil {
		t.Fatal(err)
	}
	proved := plan.Task{Proof: "2 of 3 remain", Until: plan.Deadline{By: evening.Add(plan.FreshFor)}}
	for _, c := range []struct {
		name string
		bad  func(w *twin)
		want string // empty: nothing is broken
	}{
		{"two masters out", func(w *twin) {
			w.launch(w.byName["m1"], node.Start{Attempt: 1})
			w.swap(w.byName["m1"], 1)
			w.launch(w.byName["m2"], node.Start{Attempt: 1})
		}, "two masters out"},
		{"a second master before the first is verified", func(w *twin) {
			w.launch(w.byName["m1"], node.Start{Attempt: 1})
			w.launch(w.byName["m2"], node.Start{Attempt: 1})
		}, "two masters out at once: m1 and m2"},
		{"a script begun twice", func(w *twin) {
			w.launch(w.byName["m1"], node.Start{Attempt: 1})
			w.launch(w.byName["m1"], node.Start{Attempt: 2})
		}, "begun again"},
		{"an agent before the masters", func(w *twin) { w.launch(w.byName["a1"], node.Start{Attempt: 1}) }, "before master"},
		{"more agents than the width", func(w *twin) {
			w.mastersDone()
			w.launch(w.byName["a1"], node.Start{Attempt: 1})
			w.launch(w.byName["a2"], node.Start{Attempt: 1})
		}, "2 nodes in flight, width 1"},
		{"more agents than may be out", func(w *twin) {
			for _, n := range w.nodes {
				if !n.master() {
					w.seen = append(w.seen, n.Name)
				}
			}
			w.plan.MaxOut = 2
			w.heard(journal.Event{Kind: journal.LaneAdmitted, Stage: "general", Node: "a1"}, begun(w.plan))
		}, "max_out 2"},
		{"an agent while another is away", func(w *twin) {
			a2 := w.byName["a2"]
			w.watched["a2"], a2.ours, a2.gone, w.now = true, true, 0, pingBudget
			w.heard(journal.Event{Kind: journal.LaneAdmitted, Stage: "general", Node: "a1"}, begun(w.plan))
		}, "away for most of what Mesos allows"},
		{"safe to leave while a script runs", func(w *twin) {
			w.launch(w.byName["m1"], node.Start{Attempt: 1})
			w.heard(journal.Event{Kind: journal.RunStopped}, begun(w.plan))
		}, "SAFE TO LEAVE is said falsely"},
		{"a swap finished that nobody approved", func(w *twin) {
			w.byName["m1"].script = script{starts: 1, midSwap: true}
			w.remedied(w.byName["m1"], proved)
		}, "without approval"},
		{"a swap finished without a proof", func(w *twin) {
			w.byName["m1"].script, w.approved["m1"] = script{starts: 1, midSwap: true}, true
			w.remedied(w.byName["m1"], plan.Task{})
		}, "without a fresh proof"},
		{"a swap finished that was not cut", func(w *twin) {
			w.byName["m1"].script, w.approved["m1"] = script{starts: 1, atTarget: true}, true
			w.remedied(w.byName["m1"], proved)
		}, "it was not cut"},
		{"a master's swap finished while another is out", func(w *twin) {
			w.byName["m1"].script = script{starts: 1, midSwap: true}
			w.byName["m2"].gone, w.now = 0, 2*plan.FreshFor
			w.mend(w.byName["m1"])
		}, "m1 is taken while master m2 does not serve"},
		{"a master taken without a leader", func(w *twin) {
			w.red = never
			obs := w.look()
			w.heard(journal.Event{Kind: journal.Observed, Observation: &obs}, begun(w.plan))
			w.begins(w.byName["m1"], false)
		}, "no leader worked"},
		{"a master taken in an interrupted run", func(w *twin) { w.begins(w.byName["m1"], true) }, "interrupted"},
		{"a swap finished after the run was told that it stays cut", func(w *twin) {
			w.byName["m1"].script, w.byName["m1"].told = script{starts: 1, midSwap: true}, true
			w.mend(w.byName["m1"])
		}, "stays cut"},
		{"a swap finished twice at once", func(w *twin) {
			w.byName["m1"].script = script{starts: 1, midSwap: true}
			w.mend(w.byName["m1"])
			w.mend(w.byName["m1"])
		}, "beside another call"},
		{"a swap finished beside more agents than the width", func(w *twin) {
			w.mastersDone()
			w.byName["a1"].script = script{starts: 1, midSwap: true}
			w.launch(w.byName["a2"], node.Start{Attempt: 1})
			w.mend(w.byName["a1"])
		}, "2 nodes in flight, width 1"},
		{"safe to leave with a swap cut", func(w *twin) {
			w.byName["a1"].script = script{starts: 1, midSwap: true}
			w.heard(journal.Event{Kind: journal.RunStopped}, begun(w.plan))
		}, "SAFE TO LEAVE is said falsely: a1 is in the middle of a swap"},
		{"safe to leave with a master that the run took out", func(w *twin) {
			w.byName["m1"].gone, w.byName["m1"].ours, w.now = 0, true, 2*plan.FreshFor
			w.heard(journal.Event{Kind: journal.RunStopped}, begun(w.plan))
		}, "SAFE TO LEAVE is said falsely: master m1 does not serve"},
		{"safe to leave with a master that failed by itself", func(w *twin) {
			w.byName["m1"].gone, w.now = 0, 2*plan.FreshFor
			w.heard(journal.Event{Kind: journal.RunStopped}, begun(w.plan))
		}, ""},
		{"a probe's framework that nobody owes to remove", func(w *twin) {
			w.probing["a1"] = true
			w.heard(journal.Event{Kind: journal.RunStopped}, begun(w.plan))
		}, "a1: the framework of a launch probe may be left, and the run does not owe to remove it"},
		{"done with a probe's framework left", func(w *twin) {
			w.probing["a1"] = true
			w.heard(journal.Event{Kind: journal.RunDone}, begun(w.plan))
		}, "done is said, and the framework of a launch probe of a1 may be left"},
		{"an agent beside one that was given up", func(w *twin) {
			w.mastersDone()
			w.launch(w.byName["a1"], node.Start{Attempt: 1})
			w.byName["a1"].lost = true
			w.launch(w.byName["a2"], node.Start{Attempt: 1})
		}, ""},
		{"done before all is done", func(w *twin) { w.heard(journal.Event{Kind: journal.RunDone}, begun(w.plan)) }, "done is said"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTwin(plans[0], newChance(1, 1))
			c.bad(w)
			says := func(s string) bool { return strings.Contains(s, c.want) }
			if c.want == "" && len(w.broken) > 0 || c.want != "" && !slices.ContainsFunc(w.broken, says) {
				t.Errorf("the oracle says %q, want %q", w.broken, c.want)
			}
		})
	}
}

// mastersDone has every master patched and verified.
func (w *twin) mastersDone() {
	for _, n := range w.nodes {
		if n.master() {
			n.script, w.verified[n.Name] = script{starts: 1, atTarget: true}, true
		}
	}
}

// begun is what the engine thinks of a run that has just begun.
func begun(p *plan.Plan) orchestrator.State {
	s, _ := orchestrator.Next(orchestrator.New(), journal.Event{Seq: 1, Kind: journal.RunStarted, Plan: p})
	return s
}

func TestAFaultFromAFileStrikesWhereItSays(t *testing.T) {
	t.Parallel()
	p := production(t)
	faults := []Fault{{What: fault.ScriptFailsStart, Where: "a050", Nth: 1}, {What: fault.ControllerDies, Nth: 300}}
	if err := Check(faults, p); err != nil {
		t.Fatal(err)
	}
	n := Rehearse(Options{Plan: p, Seed: 1, Faults: faults})
	if len(n.Violations) > 0 || len(n.Stops) != 1 || n.Stops[0].Class != plan.NotStarted || n.HandOvers != 1 {
		t.Errorf("stops %v, hand-overs %d, violations %v; want one stop at a050 and one hand-over", n.Stops, n.HandOvers, n.Violations)
	}
	for _, bad := range [][]Fault{{{What: "no-such"}}, {{What: fault.ScriptHangs, Where: "nobody"}}, {{What: fault.Election}}, {{What: fault.ScriptHangs, Nth: -1}}, {{What: fault.ScriptHangs, For: -time.Minute}}} {
		if Check(bad, p) == nil {
			t.Errorf("%v was not refused", bad)
		}
	}
	unread := []Fault{{What: fault.LeaderUnread.Seen(), Said: fault.LeaderUnread}}
	if err := Check(unread, p); err == nil || !strings.Contains(err.Error(), "(leader-unread): say nth") {
		t.Errorf("refused in other words than the file's: %v", err)
	}
}

func BenchmarkNight(b *testing.B) {
	p := production(b)
	for i := 0; b.Loop(); i++ {
		Rehearse(Options{Plan: p, Seed: 1, Number: uint64(i), Chaos: 1})
	}
}
