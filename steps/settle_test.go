package steps

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestAClusterThatWasGreenTooShortlySaysSo: "not green in time: green" tells nobody anything.
func TestAClusterThatWasGreenTooShortlySaysSo(t *testing.T) {
	task := plan.Task{Step: plan.Step{Timeout: plan.Duration(10 * time.Minute)}}
	began := time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)
	look := func(after time.Duration, s dcos.Status, said string) dcos.Finding {
		return dcos.Finding{Check: "cluster", Status: s, Observed: said, At: began.Add(after)}
	}
	red := plan.Observation{Findings: []dcos.Finding{{Check: "leader", Status: dcos.Failed}}}
	for _, c := range []struct {
		name  string
		looks []dcos.Finding
		want  string
	}{
		{"green for too short a time", []dcos.Finding{look(0, dcos.Failed, "leader: 0 masters lead"), look(9*time.Minute, dcos.Passed, "green")},
			"the cluster was green for 1m0s of 3m0s when 10m0s were over; last red at "},
		{"red to the end", []dcos.Finding{look(time.Minute, dcos.Failed, "leader: 0 masters lead")}, "the cluster was not green within 10m0s: leader: 0 masters lead"},
		{"never seen", nil, "no look at the cluster was complete within 10m0s"},
	} {
		var l lastLooks
		for _, f := range c.looks {
			l.see(f, red)
		}
		got := l.late(task, began.Add(8*time.Minute), 3*time.Minute)
		if !strings.HasPrefix(got.Detail, c.want) || strings.HasSuffix(got.Detail, ": green") || got.Outcome != plan.Failed {
			t.Errorf("%s: %q, want %q", c.name, got.Detail, c.want)
		}
	}
}

// TestPropertyOfSettling: done means that every look of the last span was green, that
// none took long and none was long in coming; else the step ends with its time.
func TestPropertyOfSettling(t *testing.T) {
	type look struct {
		asked, seen time.Time
		green       bool
	}
	rapid.Check(t, func(rt *rapid.T) {
		task := onA1(plan.ActionSettle)
		span := time.Duration(rapid.IntRange(0, 300).Draw(rt, "span")) * time.Second
		task.Step.Span = plan.Duration(span)
		every := max(span/looks, poll)
		var all []look
		d := &driver{now: began}
		if rapid.IntRange(0, 4).Draw(rt, "stops") == 0 {
			d.stop = began.Add(time.Duration(rapid.IntRange(0, 1000).Draw(rt, "stop")) * time.Second)
		}
		d.answer = func(c Call) Answer {
			l := look{asked: d.now, green: rapid.IntRange(0, 9).Draw(rt, "look") > 0}
			d.sleep(Call{Wait: time.Duration(rapid.SampledFrom([]int{0, 1, 1, 2, 20, 400}).Draw(rt, "takes")) * time.Second, By: c.By})
			l.seen = d.now
			all = append(all, l)
			return Answer{Observation: plan.Observation{Green: l.green}}
		}
		d.suspend = func() time.Duration {
			return time.Duration(rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 0, 0, 1, 600}).Draw(rt, "suspended")) * time.Second
		}
		rep := d.run(rt, Do(task, poll))
		switch took := d.now.Sub(began); {
		case rep.Outcome == plan.Failed && (took < time.Hour || rep.Class != plan.NotVerified || rep.Detail == ""),
			rep.Outcome == plan.InDoubt && (d.stop.IsZero() || d.now.Before(d.stop)):
			rt.Fatalf("%+v after %s", rep, took)
		case rep.Outcome != plan.Done:
			return
		}
		last := len(all) - 1
		for i := last; ; i-- {
			if i < 0 {
				rt.Fatalf("done after %d looks, and the streak has lasted %s of %s", len(all), all[last].seen.Sub(all[0].asked), span)
			}
			if l := all[i]; !l.green || l.seen.Sub(l.asked) > lookLimit || i < last && all[i+1].asked.Sub(l.seen) > 3*every+lookSlack {
				rt.Fatalf("done after %+v, and %+v is within its last %s", all[last], l, span)
			}
			if all[last].seen.Sub(all[i].asked) >= span {
				break
			}
		}
	})
}

// TestALookThatLastsTooLongDoesNotCount: what it saw first is old when it ends; one that
// lasts beyond the step is broken off with it.
func TestALookThatLastsTooLongDoesNotCount(t *testing.T) {
	for name, c := range map[string]struct {
		first   time.Duration // the first look takes so long, the others a second
		outcome plan.Outcome
		looks   int
		took    time.Duration
	}{
		"as long as it may": {lookLimit, plan.Done, 1, lookLimit},
		"too long":          {6 * time.Minute, plan.Done, 2, 6*time.Minute + poll + time.Second},
		"beyond the step":   {2 * time.Hour, plan.Failed, 1, time.Hour},
	} {
		d := &driver{now: began}
		d.answer = func(call Call) Answer {
			takes := time.Second
			if len(d.calls) == 1 {
				takes = c.first
			}
			d.sleep(Call{Wait: takes, By: call.By})
			return Answer{Observation: plan.Observation{Green: true}}
		}
		rep := d.run(t, Do(onA1(plan.ActionSettle), poll))
		if took := d.now.Sub(began); rep.Outcome != c.outcome || took != c.took || len(d.called(Observe)) != c.looks {
			t.Errorf("%s: %+v after %s and %d looks, want %s after %s and %d", name, rep, took, len(d.called(Observe)), c.outcome, c.took, c.looks)
		}
	}
}

// TestWhatOneGreenLookSays: the node of the step must not be out, unless it was so before.
func TestWhatOneGreenLookSays(t *testing.T) {
	out := plan.Observation{Green: true, Out: []inventory.NodeName{"a1"}}
	off := out
	off.Agents = []plan.AgentState{{Node: "a1", State: plan.AgentDeactivated}}
	red := plan.Observation{Findings: []dcos.Finding{{Check: "leader", Status: dcos.Failed, Observed: "0 masters lead"}, {Check: "fine", Status: dcos.Passed}}}
	for _, c := range []struct {
		name    string
		obs     plan.Observation
		before  bool // deactivated before its patch
		outcome plan.Outcome
		says    string
	}{
		{"green", plan.Observation{Green: true}, false, plan.Done, ""},
		{"out of service", out, false, plan.Failed, "a1 is out of service at the leader"},
		{"deactivated", off, false, plan.Failed, "a1 is deactivated at the leader, and was not before its patch"},
		{"deactivated as before", off, true, plan.Done, "a1 is deactivated at the leader, as it was before its patch"},
		{"red", red, false, plan.Failed, "not green within 1h0m0s: leader: 0 masters lead"},
		{"red without a reason", plan.Observation{}, false, plan.Failed, "not green, without a reason"},
	} {
		task, d := onA1(plan.ActionSettle), &driver{answers: map[Verb][]Answer{Observe: {{Observation: c.obs}}}}
		if c.before {
			task.Deactivated = []inventory.NodeName{"a1"}
		}
		rep := d.run(t, Do(task, poll))
		if rep.Outcome != c.outcome || !strings.Contains(rep.Detail, c.says) || len(d.notes) != 1 || c.before != (len(rep.Findings) == 1) && c.obs.Green {
			t.Errorf("%s: %+v, told %+v", c.name, rep, d.notes)
		}
	}
}
