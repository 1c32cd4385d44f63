package checks

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// memory is a recorder that keeps one step and every look.
type memory struct {
	mu    sync.Mutex
	task  plan.Task
	began time.Time
	taken []taken
	ended time.Time
	err   error
	looks map[string][][]Sample
}

type taken struct {
	gate   int
	sample Sample
}

func (m *memory) Began(t plan.Task, at time.Time) Tape { m.task, m.began = t, at; return m }
func (m *memory) Sample(gate int, s Sample)            { m.taken = append(m.taken, taken{gate, s}) }
func (m *memory) Ended(at time.Time, err error)        { m.ended, m.err = at, err }

func (m *memory) Looked(ask plan.Ask, samples []Sample) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.looks == nil {
		m.looks = map[string][][]Sample{}
	}
	m.looks[ask.Stage] = append(m.looks[ask.Stage], samples)
}

func TestEverySampleThatIsJudgedIsRecordedInItsOrder(t *testing.T) {
	for _, comes := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			f, m := newFake(), &memory{}
			c := New(f, fakeSubject()).Recording(m)
			task := step(t, c, "a037", "registered", "mesos-version")
			f.set(f.nodes["a037"].patch)
			if comes {
				time.AfterFunc(time.Minute, func() {
					f.set(func() { f.agents[0].ReregisteredAt, f.agents[0].Version = time.Now(), "1.10.1" })
				})
			}
			start := time.Now()
			fs, err := c.Await(t.Context(), task, nil)
			if m.task.Step.ID != task.Step.ID || !m.began.Equal(start) || !errors.Is(err, m.err) || !m.ended.Equal(time.Now()) {
				t.Fatalf("step %q from %s to %s (%v), want %q from %s until now (%v)", m.task.Step.ID, m.began, m.ended, m.err, task.Step.ID, start, err)
			}
			b := newBoard(task.Step.Gates, m.began)
			for i, s := range m.taken {
				b.add(s.gate, s.sample)
				holds, want := b.together(s.sample.Answered), comes && i == len(m.taken)-1
				if holds != want {
					t.Errorf("sample %d of %d: all hold together %v, want %v", i+1, len(m.taken), holds, want)
				}
			}
			for i, again := range b.findings() {
				if again != fs[i] {
					t.Errorf("judged again: %+v, want %+v", again, fs[i])
				}
			}
		})
	}
}

func TestALookIsRecordedWholeUnlessItWasCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		c := New(newFake(), fakeSubject()).Recording(m)
		obs := c.Observe(t.Context(), plan.Ask{Stage: "masters"})
		cut, cancel := context.WithCancel(t.Context())
		cancel()
		c.Observe(cut, plan.Ask{Stage: "masters"})
		looks := m.looks["masters"]
		if len(looks) != 1 || len(looks[0]) != len(obs.Findings) {
			t.Fatalf("%d looks: %+v", len(looks), looks)
		}
		for i, s := range looks[0] {
			if s.Finding != obs.Findings[i] || s.Finding.Status == dcos.Unknown || s.Asked.IsZero() || s.Answered.Before(s.Asked) {
				t.Errorf("%+v, want %+v", s, obs.Findings[i])
			}
		}
	})
}
