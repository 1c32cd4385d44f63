package simcluster

import (
	"container/heap"
	"time"
)

// timeline is the queue of things that will happen. It has no goroutine: see
// Cluster.enter. Guarded by Cluster.mu.
type timeline struct {
	at    time.Time // model time: of the event being played, else of the last look
	seq   int
	queue eventQueue
}

type event struct {
	at  time.Time
	seq int
	run func()
}

type eventQueue []event

func (q eventQueue) Len() int { return len(q) }
func (q eventQueue) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].seq < q[j].seq
	}
	return q[i].at.Before(q[j].at)
}
func (q eventQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *eventQueue) Push(x any)   { *q = append(*q, x.(event)) }
func (q *eventQueue) Pop() any {
	old := *q
	e := old[len(old)-1]
	*q = old[:len(old)-1]
	return e
}

func (t *timeline) plan(at time.Time, run func()) {
	t.seq++
	heap.Push(&t.queue, event{at: at, seq: t.seq, run: run})
}

// play runs what is due until now, each at its own time.
func (t *timeline) play(now time.Time) {
	for len(t.queue) > 0 && !t.queue[0].at.After(now) {
		e := heap.Pop(&t.queue).(event)
		if e.at.After(t.at) {
			t.at = e.at
		}
		e.run()
	}
	if now.After(t.at) {
		t.at = now
	}
}
