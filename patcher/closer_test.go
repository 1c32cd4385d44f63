package patcher

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// timekeeper is a node whose clock is ahead, and whose answers take their way
// there and back.
type timekeeper struct {
	ahead       time.Duration
	there, back func() time.Duration
	asked       int
}

func (k *timekeeper) Run(context.Context, sshexec.Cmd) (sshexec.Result, error) {
	k.asked++
	time.Sleep(k.there())
	said := time.Now().Add(k.ahead).UnixMilli()
	time.Sleep(k.back())
	return sshexec.Result{Stdout: fmt.Appendf(nil, "clock %d\n", said)}, nil
}

// However long answers take, and on whichever half of their way, the clock is
// where it is said to be, and nobody is asked more often than that needs.
func TestAClockIsWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ways := rapid.SliceOfN(rapid.IntRange(0, 2000), 2*clockAsks, 2*clockAsks).Draw(rt, "ways")
		ahead := time.Duration(rapid.IntRange(-7200_000, 7200_000).Draw(rt, "ahead")) * time.Millisecond
		since := time.Duration(rapid.IntRange(0, 60_000).Draw(rt, "since")) * time.Millisecond
		synctest.Test(t, func(t *testing.T) {
			next := func() time.Duration {
				w := ways[0]
				ways = ways[1:]
				return time.Duration(w) * time.Millisecond
			}
			k := &timekeeper{there: next, back: next, ahead: ahead}
			base := time.Now()
			time.Sleep(since)
			begun := time.Now()
			c := clock(t.Context(), k, base, masterClock)
			if c.Err != "" || c.Least.D() > ahead || c.Most.D() < ahead {
				t.Fatalf("%s is not within %+v", ahead, c)
			}
			if width := (c.Most - c.Least).D(); k.asked > clockAsks || k.asked < clockAsks && width > masterClock && time.Since(begun) < clockAsking {
				t.Fatalf("asked %d times for a width of %s", k.asked, width)
			}
		})
	})
}

func TestAClockThatIsSetMeanwhileIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &timekeeper{back: func() time.Duration { return 100 * time.Millisecond }}
		k.there = func() time.Duration { k.ahead += time.Minute; return 0 }
		if c := clock(t.Context(), k, time.Now(), masterClock); c.Err == "" || c.Least != 0 {
			t.Errorf("%+v", c)
		}
	})
}

func TestAClockThatIsKnownWellIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		none := func() time.Duration { return 0 }
		k := &timekeeper{ahead: time.Hour, there: none, back: none}
		c := clock(t.Context(), k, time.Now(), masterClock)
		if k.asked != 1 || c.Least != plan.Duration(time.Hour) || c.Most != plan.Duration(time.Hour+time.Millisecond) {
			t.Errorf("asked %d times: %+v", k.asked, c)
		}
	})
}
