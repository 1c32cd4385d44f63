package checks

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

func TestAnAgentIsHeldForWhatWasSeenOfItsAbsence(t *testing.T) {
	const budget = 5 * time.Minute
	for _, c := range []struct {
		name              string
		missed            bool
		seen, budget      time.Duration
		warn, hold, spent bool
	}{
		{"it is there", false, 0, budget, false, false, false},
		{"it has just been missed", true, 0, budget, false, false, false},
		{"it has just been missed, and nobody knows for how long it may be", true, 0, 0, false, false, false},
		{"it is missed for a moment, and the budget is not read yet", true, 4 * time.Second, 0, false, false, false},
		{"it is still missed, and nobody knows", true, 5 * time.Second, 0, true, true, false},
		{"for less than two fifths", true, 119 * time.Second, budget, false, false, false},
		{"for two fifths", true, 2 * time.Minute, budget, true, false, false},
		{"for three fifths", true, 3 * time.Minute, budget, true, true, false},
		{"for all of it", true, 5 * time.Minute, budget, true, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Away{Budget: c.budget}
			if c.missed {
				a.Since, a.Seen = began, began.Add(c.seen)
			}
			if a.Warn() != c.warn || a.Hold() != c.hold || a.Spent() != c.spent {
				t.Errorf("%+v: warn %t, hold %t, spent %t", a, a.Warn(), a.Hold(), a.Spent())
			}
		})
	}
}

// TestTheTimeAwayBeforeThePatchDoesNotCount: the leader has missed the agent for
// longer than Mesos waits; its patch starts it again, and it is back soon.
func TestTheTimeAwayBeforeThePatchDoesNotCount(t *testing.T) {
	for name, gone := range map[string]func(*fakeCluster){
		"not listed": func(f *fakeCluster) { f.agents = nil },
		"inactive":   func(f *fakeCluster) { f.agents[0].Active = false },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				c := New(f, fakeSubject())
				back := f.agents[0]
				f.set(func() { gone(f); f.tasks = nil })
				look := func(times int) {
					for range times {
						if _, err := c.Away(t.Context(), "a037"); err != nil {
							t.Fatal(err)
						}
						time.Sleep(time.Minute)
					}
				}
				look(6)
				if !c.LastAway("a037").Spent() {
					t.Fatalf("%+v: not away for longer than Mesos waits", c.LastAway("a037"))
				}
				task := step(t, c, "a037", "registered")
				look(6) // while the script runs
				if a := c.LastAway("a037"); a.Hold() || a.Spent() || a.String() != "away since before its patch" {
					t.Errorf("while its script runs: %+v, %s", a, a)
				}
				f.set(f.nodes["a037"].patch)
				time.AfterFunc(90*time.Second, func() {
					back.Active, back.ReregisteredAt, back.Version = true, time.Now(), "1.10.1"
					f.set(func() { f.agents = []dcos.Agent{back} })
				})
				if fs, err := c.Await(t.Context(), task, nil); err != nil {
					t.Errorf("%v: %+v", err, fs)
				}
			})
		})
	}
}

// TestAnAgentThatDoesNotComeBackFromItsPatchIsStillGivenUp: once its
// verification has begun, its time counts like any other's.
func TestAnAgentThatDoesNotComeBackFromItsPatchIsStillGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		f.set(func() { f.agents, f.tasks = nil, nil })
		if _, err := c.Away(t.Context(), "a037"); err != nil {
			t.Fatal(err)
		}
		task := step(t, c, "a037", "registered")
		f.set(f.nodes["a037"].patch)
		begin := time.Now()
		_, err := c.Await(t.Context(), task, nil)
		var late *GateError
		if took := time.Since(begin); !errors.As(err, &late) || took < 5*time.Minute || took > 6*time.Minute {
			t.Errorf("after %s: %v; want it given up after the 5 minutes that Mesos waits", took, err)
		}
	})
}
