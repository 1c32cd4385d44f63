package schedule_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/maintenance"
	"github.com/dcos-patch/dcos-patch/maintenance/schedule"
	"github.com/dcos-patch/dcos-patch/mesos"
)

// board is a leading master with one schedule. Questions wait until run answers them, one at
// a time, in an order and with faults drawn from a seed.
type board struct {
	rand     *rand.Rand
	down     []dcos.Machine
	mu       sync.Mutex
	windows  maintenance.Schedule
	stores   float64
	pending  []*question
	late     []*question // posts whose answer was lost, and that take effect yet
	running  int
	log      []string
	faultier bool
}

type question struct {
	who, kind string
	windows   []dcos.ScheduledWindow
	came, due time.Time
	answer    chan reply
}

type reply struct {
	windows []dcos.ScheduledWindow
	stores  float64
	err     error
}

// client is one of those who ask.
type client struct {
	*board
	who string
}

func (b *board) leader(who string) func(context.Context) (schedule.Leader, error) {
	return func(context.Context) (schedule.Leader, error) { return client{b, who}, nil }
}

func (c client) ask(kind string, windows []dcos.ScheduledWindow) reply {
	q := &question{who: c.who, kind: kind, windows: windows, came: time.Now(), answer: make(chan reply, 1)}
	c.mu.Lock()
	c.pending = append(c.pending, q)
	c.mu.Unlock()
	return <-q.answer
}

func (c client) Agents(context.Context) (dcos.Agents, error) { return dcos.Agents{}, nil }

func (c client) MaintenanceStatus(context.Context) (dcos.MaintenanceStatus, error) {
	return dcos.MaintenanceStatus{Down: c.down}, nil
}

func (c client) Metrics(context.Context) (dcos.Metrics, error) {
	return dcos.Metrics{"registrar/state_store_ms/count": c.ask("metrics", nil).stores}, nil
}

func (c client) Schedule(context.Context) ([]dcos.ScheduledWindow, error) {
	r := c.ask("read", nil)
	return r.windows, r.err
}

func (c client) UpdateSchedule(_ context.Context, windows []dcos.ScheduledWindow) error {
	return c.ask("post", windows).err
}

// start runs somebody who asks beside others.
func (b *board) start(do func()) {
	b.running++
	go func() {
		do()
		b.mu.Lock()
		b.running--
		b.mu.Unlock()
	}()
}

// run answers until everybody has what they want.
func (b *board) run() {
	for {
		synctest.Wait()
		b.mu.Lock()
		over := b.running == 0 && len(b.late) == 0
		b.mu.Unlock()
		if over {
			return
		}
		time.Sleep(b.step())
	}
}

// step answers one question, or none, and says how much time passes then.
func (b *board) step() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, q := range b.late {
		if !time.Now().Before(q.due) {
			b.late = slices.Delete(b.late, i, i+1)
			b.store(q, "late")
			return 0
		}
	}
	if len(b.pending) == 0 {
		return time.Second
	}
	slices.SortFunc(b.pending, func(x, y *question) int { return cmp.Compare(x.who, y.who) })
	i := b.rand.IntN(len(b.pending))
	for k, q := range b.pending { // the client awaits an answer for mesos.WriteTimeout
		if q.kind == "post" && time.Since(q.came) > mesos.WriteTimeout-30*time.Second {
			i = k
		}
	}
	if b.faultier && b.rand.IntN(12) == 0 {
		return time.Duration(b.rand.IntN(25_000)) * time.Millisecond
	}
	q := b.pending[i]
	b.pending = slices.Delete(b.pending, i, i+1)
	q.answer <- b.reply(q)
	return time.Duration(b.rand.IntN(200)) * time.Millisecond
}

// reply carries a question out, or fails.
func (b *board) reply(q *question) reply {
	chance := 100
	if b.faultier {
		chance = b.rand.IntN(100)
	}
	lost := &mesos.UnknownOutcomeError{Call: mesos.CallNamed("UPDATE_MAINTENANCE_SCHEDULE"), Err: io.ErrUnexpectedEOF}
	switch {
	case q.kind == "metrics":
		return reply{stores: b.stores}
	case q.kind == "read" && chance < 3:
		return reply{err: fmt.Errorf("leader: %w", mesos.ErrNotRecovered)}
	case q.kind == "read":
		return reply{windows: slices.Clone(b.windows)}
	case chance < 5:
		return reply{err: &mesos.NotLeaderError{}}
	case chance < 12:
		b.store(q, "lost")
		return reply{err: lost}
	case chance < 17:
		return reply{err: lost}
	case chance < 25:
		q.due = q.came.Add(mesos.WriteTimeout - time.Duration(b.rand.IntN(30_000))*time.Millisecond)
		b.late = append(b.late, q)
		return reply{err: lost}
	}
	return reply{err: b.store(q, "")}
}

// store replaces the schedule, as Mesos checks it.
func (b *board) store(q *question, how string) error {
	seen := map[string]bool{}
	for _, w := range q.windows {
		for _, m := range w.Machines {
			if seen[m.IP] {
				return errors.New("a machine twice")
			}
			seen[m.IP] = true
		}
	}
	b.windows, b.stores = slices.Clone(q.windows), b.stores+1
	b.log = append(b.log, fmt.Sprint(time.Now().UnixMilli(), " ", q.who, " ", how, len(q.windows)))
	return nil
}
