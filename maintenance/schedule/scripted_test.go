package schedule_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/maintenance"
	"github.com/dcos-patch/dcos-patch/maintenance/schedule"
	"github.com/dcos-patch/dcos-patch/mesos"
)

// scripted is a leading master that one caller asks, and that fails as a test wants.
type scripted struct {
	client
	lock    sync.Mutex
	windows maintenance.Schedule
	reads   int
	read    func(*scripted) error                         // before the answer to a reading
	post    func(*scripted, []dcos.ScheduledWindow) error // in place of a post
}

func (s *scripted) Metrics(context.Context) (dcos.Metrics, error) { return nil, io.ErrUnexpectedEOF }

func (s *scripted) Schedule(context.Context) ([]dcos.ScheduledWindow, error) {
	s.reads++
	now := s.now()
	if s.read != nil {
		if err := s.read(s); err != nil {
			return nil, err
		}
	}
	return now, nil
}

func (s *scripted) UpdateSchedule(_ context.Context, windows []dcos.ScheduledWindow) error {
	if s.post != nil {
		return s.post(s, windows)
	}
	s.store(windows)
	return nil
}

func (s *scripted) now() maintenance.Schedule {
	s.lock.Lock()
	defer s.lock.Unlock()
	return slices.Clone(s.windows)
}

func (s *scripted) store(windows []dcos.ScheduledWindow) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.windows = windows
}

func (s *scripted) update(t *testing.T) (schedule.Result, error) {
	s.client = client{newBoard(0), ""}
	return schedule.Update(t.Context(), func(context.Context) (schedule.Leader, error) { return s, nil }, add(window("10.0.0.1")))
}

func noAnswer() error {
	return &mesos.UnknownOutcomeError{Call: mesos.CallNamed("UPDATE_MAINTENANCE_SCHEDULE"), Err: io.ErrUnexpectedEOF}
}

func TestAPostWithoutAnAnswerIsLookedFor(t *testing.T) {
	for name, test := range map[string]struct {
		effect time.Duration // after the post; 0: none
		posts  int
	}{
		"it had its effect":             {time.Nanosecond, 1},
		"it has its effect much later":  {80 * time.Second, 1},
		"it has none, and is sent anew": {0, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &scripted{post: func(s *scripted, windows []dcos.ScheduledWindow) error {
				s.post = nil
				if test.effect > 0 {
					time.AfterFunc(test.effect, func() { s.store(windows) })
				}
				time.Sleep(time.Second)
				return noAnswer()
			}}
			if r, err := s.update(t); err != nil || r.Posts != test.posts || !s.now().Has(window("10.0.0.1")) {
				t.Errorf("%s: %+v, %v", name, r, err)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{post: func(*scripted, []dcos.ScheduledWindow) error { return noAnswer() }}
		r, err := s.update(t)
		var unknown *mesos.UnknownOutcomeError
		if !errors.As(err, &unknown) || errors.Is(err, schedule.ErrOverwritten) || r.Posts != 5 {
			t.Errorf("never an answer: %+v, %v", r, err)
		}
	})
}

// A controller that slept between reading and posting reads again.
func TestAnOldScheduleIsNotMergedInto(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		theirs := foreign("10.9.0.3")
		s := &scripted{read: func(s *scripted) error {
			if s.reads == 1 {
				time.Sleep(schedule.Fresh + time.Second)
				s.windows = append(s.windows, theirs)
			}
			return nil
		}}
		if r, err := s.update(t); err != nil || r.Posts != 1 || s.windows[0].Text != theirs.Text {
			t.Errorf("%+v, %v, %v", r, err, s.windows)
		}
	})
}

func TestAWatchEndsWithAReadingThatSucceeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, failed := time.Now(), false
		s := &scripted{read: func(*scripted) error {
			at := time.Since(began)
			if failed = at > schedule.Settle-20*time.Second && at < schedule.Settle+20*time.Second; failed {
				return mesos.ErrNotRecovered
			}
			return nil
		}}
		if r, err := s.update(t); err != nil || failed || r.Posts != 1 {
			t.Errorf("%+v, %v, the last reading failed: %t", r, err, failed)
		}
	})
}
