package sshexec

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestNodesThatWereTurnedAwayTogetherComeBackApart(t *testing.T) {
	seen := map[time.Duration]bool{}
	for i := range 50 {
		name := fmt.Sprintf("a%03d", i)
		p, again := newPatience(name, Config{}.withDefaults()), newPatience(name, Config{}.withDefaults())
		for n := range 8 {
			wait := p.NextBackOff()
			if wait != again.NextBackOff() {
				t.Fatalf("%s waits otherwise every time", name)
			}
			if wait < 500*time.Millisecond || wait > 12*time.Second {
				t.Errorf("%s waits %s before attempt %d", name, wait, n+2)
			}
			if n == 0 {
				seen[wait.Round(10*time.Millisecond)] = true
			}
		}
	}
	if len(seen) < 25 {
		t.Errorf("50 nodes come back at %d different times", len(seen))
	}
}

func TestABusySSHDIsGivenFurtherAttempts(t *testing.T) {
	count := func(err error) int {
		p, n := newPatience("m1", Config{}.withDefaults()), 1
		for p.more(err) {
			n++
		}
		return n
	}
	if got := count(errors.New("refused")); got != 3 {
		t.Errorf("%d attempts, want 3", got)
	}
	if got := count(fmt.Errorf("%w: x", errDropped)); got != 9 {
		t.Errorf("%d attempts with a busy sshd, want 3 and 6 more", got)
	}
}
