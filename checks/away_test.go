package checks

import (
	"testing"
	"time"
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
		{"it is still missed, and nobody knows", true, time.Second, 0, true, true, false},
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
