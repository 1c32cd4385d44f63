package checks

import (
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

func twoGates() *board {
	s := func(g string) plan.GateSpec {
		return plan.GateSpec{Gate: g, Need: 2, Every: plan.Duration(5 * time.Second), Within: plan.Duration(time.Minute)}
	}
	return newBoard([]plan.GateSpec{s("a"), s("b")}, began)
}

func seconds(n int) time.Time { return began.Add(time.Duration(n) * time.Second) }

func TestGatesMustHoldAtTheSameTime(t *testing.T) {
	b := twoGates()
	b.add(0, at(1, dcos.Passed))
	b.add(0, at(6, dcos.Passed))
	b.add(0, at(11, dcos.Failed)) // a held, and does not any more
	b.add(1, at(6, dcos.Passed))
	b.add(1, at(12, dcos.Passed))
	if b.together(seconds(13)) {
		t.Error("passes although the two never held together")
	}
	b.add(0, at(17, dcos.Passed))
	b.add(0, at(23, dcos.Passed))
	b.add(1, at(18, dcos.Passed))
	if !b.together(seconds(24)) {
		t.Error("does not pass although both hold")
	}
	if b.together(seconds(60)) {
		t.Error("passes on answers that are half a minute old")
	}
}

func TestNoGatesNeverHold(t *testing.T) {
	if newBoard(nil, began).together(began) {
		t.Error("holds")
	}
}

func TestPatienceRunsFromWhenAGateLastHeld(t *testing.T) {
	b := twoGates()
	if got := b.deadline(); got != seconds(60) {
		t.Errorf("first deadline %s", got)
	}
	for i := range 2 {
		b.add(i, at(30, dcos.Passed))
		b.add(i, at(36, dcos.Passed))
	}
	if got := b.deadline(); !got.IsZero() {
		t.Errorf("a deadline %s although all hold", got)
	}
	b.add(0, at(42, dcos.Failed))
	if got := b.deadline(); got != seconds(97) {
		t.Errorf("deadline %s, want a minute after it last held", got)
	}
	if late := b.late(seconds(96)); late != nil {
		t.Errorf("late too early: %+v", late)
	}
	late := b.late(seconds(97))
	if len(late) != 1 || late[0].Gate != "a" || late[0].Finding.Status != dcos.Failed || !late[0].Finding.Since.Equal(seconds(43)) {
		t.Errorf("late %+v", late)
	}
}

func TestAGateThatWillNeverHoldIsNotWaitedFor(t *testing.T) {
	b := twoGates()
	never := at(10, dcos.Failed)
	never.Finding.Final = true
	b.add(0, at(10, dcos.Failed))
	b.add(1, never)
	if late := b.late(seconds(11)); len(late) != 1 || late[0].Gate != "b" {
		t.Errorf("late %+v, want b alone", late)
	}
	stale := never
	stale.Asked = stale.Asked.Add(-time.Hour)
	b.add(1, stale)
	if late := b.late(seconds(12)); late != nil {
		t.Errorf("an answer of an hour ago ended the wait: %+v", late)
	}
}

func TestNewsIsWhatHasChanged(t *testing.T) {
	b := twoGates()
	for i, c := range []struct {
		sample Sample
		news   bool
	}{
		{at(1, dcos.Failed), true},
		{at(6, dcos.Failed), false},
		{at(11, dcos.Passed), true}, // status
		{at(17, dcos.Passed), true}, // count
		{at(23, dcos.Passed), false},
		{with(at(29, dcos.Passed), func(s *Sample) { s.Finding.Observed = "m2 leads" }), true}, // text
		{at(35, dcos.Unknown), true},
	} {
		if _, news := b.add(0, c.sample); news != c.news {
			t.Errorf("sample %d: news %v, want %v", i, news, c.news)
		}
	}
}

func TestSinceIsWhenAGateWasLastGood(t *testing.T) {
	b := twoGates()
	worded := func(n int, text string) Sample {
		s := at(n, dcos.Failed)
		s.Finding.Observed = text
		return s
	}
	since := func(n int, s Sample) {
		t.Helper()
		want := time.Time{}
		if n > 0 {
			want = seconds(n)
		}
		if f, _ := b.add(0, s); !f.Since.Equal(want) || !b.findings()[0].Since.Equal(want) {
			t.Errorf("bad since %s, want %s", f.Since, want)
		}
	}
	since(6, worded(5, "away 0s of 5m0s"))
	since(6, worded(35, "away 30s of 5m0s")) // another text, and no better
	since(0, at(40, dcos.Passed))
	since(46, worded(45, "away 0s of 5m0s"))
	since(46, at(50, dcos.Unknown))
}
