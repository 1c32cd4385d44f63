package elapsed

import (
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/elapsed/elapsedtest"
)

// TestTheLargerAndTheSmallerOfBothClocks: moments on which both agree, and
// moments without a monotonic reading, as a journal has them.
func TestTheLargerAndTheSmallerOfBothClocks(t *testing.T) {
	from := time.Now()
	to := from.Add(3 * time.Second) // both clocks
	if m, l := Most(from, to), Least(from, to); m != 3*time.Second || l != 3*time.Second {
		t.Errorf("both clocks agree on 3s: most %s, least %s", m, l)
	}
	// A moment without a monotonic reading is compared by the wall clock alone.
	if m := Most(from.Round(0), to.Round(0).Add(8*time.Hour)); m != 8*time.Hour+3*time.Second {
		t.Errorf("most %s", m)
	}
	if m := Most(to, from); m != -3*time.Second {
		t.Errorf("most of a time that is in descending order is %s", m)
	}
}

func TestASleepIsSeen(t *testing.T) {
	from := time.Now()
	slept := elapsedtest.Asleep(from, 8*time.Hour)
	if slept.Sub(from) != 0 {
		t.Fatalf("the monotonic clock went on by %s", slept.Sub(from))
	}
	if m, l := Most(from, slept), Least(from, slept); m != 8*time.Hour || l != 0 {
		t.Errorf("most %s, least %s; want 8h and 0", m, l)
	}
	back := elapsedtest.Asleep(from, -time.Hour) // the wall clock was set back
	if m, l := Most(from, back), Least(from, back); m != 0 || l != -time.Hour {
		t.Errorf("most %s, least %s; want 0 and -1h", m, l)
	}
}
