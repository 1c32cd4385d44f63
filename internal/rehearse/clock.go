package rehearse

import (
	"slices"
	"time"
)

// never is later than any night.
const never = time.Duration(1<<63 - 1)

// clock is virtual time: what is due next happens next, first come first
// served. The zero clock stands at zero.
type clock struct {
	now   time.Duration
	queue []due // few, the next one last
}

type due struct {
	at  time.Duration
	act func()
}

// in has something happen after a while.
func (c *clock) in(d time.Duration, act func()) {
	next := due{plus(c.now, max(d, 0)), act}
	i, _ := slices.BinarySearchFunc(c.queue, next.at, func(q due, at time.Duration) int {
		if q.at > at {
			return -1
		}
		return 1
	})
	c.queue = slices.Insert(c.queue, i, next)
}

// step lets the next thing happen, and reports whether there was one.
func (c *clock) step() bool {
	last := len(c.queue) - 1
	if last < 0 {
		return false
	}
	next := c.queue[last]
	c.queue = c.queue[:last]
	c.now = next.at
	next.act()
	return true
}
