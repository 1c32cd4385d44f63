package fanout

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestEveryElementIsDoneOnceAndSoManyAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := []string{"a", "b", "c", "d", "e"}
		done := make([]string, len(all))
		var now, most atomic.Int32
		began := time.Now()
		Each(2, all, func(i int, one string) {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Second)
			done[i] += one
			now.Add(-1)
		})
		for i, one := range all {
			if done[i] != one {
				t.Errorf("%d: %q, want %q", i, done[i], one)
			}
		}
		if took := time.Since(began); took != 3*time.Second || most.Load() != 2 {
			t.Errorf("%d at once, in %s", most.Load(), took)
		}
		Each(0, nil, func(int, string) { t.Error("called for nothing") })
	})
}
