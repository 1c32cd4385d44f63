package rehearse

import (
	"container/heap"
	"time"
)

// never is later than any night.
const never = time.Duration(1<<63 - 1)

// clock is virtual time: what is due next happens next, first come first
// served. The zero clock stands at zero.
type clock struct {
	now   time.Duration
	queue queue
	count uint64
}

type due struct {
	at  time.Duration
	n   uint64
	act func()
}

// in has something happen after a while.
func (c *clock) in(d time.Duration, act func()) {
	c.count++
	heap.Push(&c.queue, due{c.now + max(d, 0), c.count, act})
}

// step lets the next thing happen, and reports whether there was one.
func (c *clock) step() bool {
	if len(c.queue) == 0 {
		return false
	}
	next := heap.Pop(&c.queue).(due)
	c.now = next.at
	next.act()
	return true
}

type queue []due

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].n < q[j].n
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(due)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
