package schedule

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/maintenance"
	"github.com/dcos-patch/dcos-patch/mesos"
)

// Leader is the leading master; a *mesos.Client of it is one. Its errors are those of
// mesos.Client. It is asked one question at a time.
type Leader interface {
	Agents(context.Context) (dcos.Agents, error)
	MaintenanceStatus(context.Context) (dcos.MaintenanceStatus, error)
	Metrics(context.Context) (dcos.Metrics, error)
	Schedule(context.Context) ([]dcos.ScheduledWindow, error)
	UpdateSchedule(context.Context, []dcos.ScheduledWindow) error
}

const (
	// Fresh is how old a schedule may be when its successor is posted.
	Fresh = 10 * time.Second

	// Settle is for how long a change is watched after it was posted. Nothing that another
	// update has read before takes effect later than Fresh and mesos.WriteTimeout after.
	Settle = 2 * time.Minute

	tries   = 5
	spacing = 5 * time.Second // of tries, and of readings
)

// Result is what came of an update.
type Result struct {
	Warnings []maintenance.Problem
	Posts    int
	// Lost are windows of others that were posted with ours and are gone: somebody else
	// has posted a schedule without them since, or has brought their machines up.
	Lost maintenance.Schedule
	// Unseen is how often the registry was written besides, from the reading to the answer
	// to a post. If one of them was a schedule, it is lost, and only who posted it can say
	// what it was. Mesos may write several changes at once: 0 proves nothing.
	Unseen int
}

// ErrOverwritten: somebody else has posted a schedule without the change.
var ErrOverwritten = errors.New("the change is missing when read back: somebody else has posted a schedule that they had read before")

// ErrUnconfirmed: the change was posted or found, and the watch over it was ended early.
var ErrUnconfirmed = errors.New("the change is in the schedule, and was not watched for long enough to say that it stays")

// GaveUpError is the reason of the last of several tries.
type GaveUpError struct {
	Tries, Posts int
	Err          error
}

func (e *GaveUpError) Error() string {
	return fmt.Sprintf("no success in %d tries, %d of them posted: %v", e.Tries, e.Posts, e.Err)
}

// Unwrap gives the reason.
func (e *GaveUpError) Unwrap() error { return e.Err }

// Update has the leading master, which find finds, make a change, and returns when it is
// sure to stay. The error is a *maintenance.RefusedError, before anything was posted by this
// try; a *GaveUpError; ErrUnconfirmed when the context has ended; or an error of mesos that
// no further try changes. A context that ends while a post is under way is heeded when the
// outcome is known.
func Update(ctx context.Context, find func(context.Context) (Leader, error), c maintenance.Change) (Result, error) {
	u := &updating{find: find, change: c}
	var last error
	for try := range tries {
		if try > 0 {
			if err := wait(ctx, spacing); err != nil {
				return u.result, fmt.Errorf("%w; before that: %w", err, last)
			}
		}
		last = u.try(ctx)
		var refused *maintenance.RefusedError
		switch {
		case last == nil:
			return u.result, nil
		case errors.As(last, &refused), errors.Is(last, ErrUnconfirmed), ctx.Err() != nil, final(last):
			return u.result, last
		}
	}
	return u.result, &GaveUpError{tries, u.result.Posts, last}
}

// final reports whether the leading master says something that another try does not change.
func final(err error) bool {
	var status *mesos.StatusError
	var unknown *mesos.UnknownOutcomeError
	again := errors.Is(err, mesos.ErrNotRecovered) || errors.Is(err, mesos.ErrNoLeader) ||
		errors.Is(err, mesos.ErrMachineDown) || errors.Is(err, mesos.ErrDuplicateMachine) // somebody was faster: the next Check names it
	return errors.As(err, &status) && status.Code < 500 && !errors.As(err, &unknown) && !again
}

// updating is one update under way.
type updating struct {
	find   func(context.Context) (Leader, error)
	change maintenance.Change
	others maintenance.Schedule // windows of others that were posted with ours
	result Result
}

// try makes the change once, unless it is there.
func (u *updating) try(ctx context.Context) error {
	leader, err := u.find(ctx)
	if err != nil {
		return fmt.Errorf("finding the leading master: %w", err)
	}
	facts, err := factsOf(ctx, leader)
	if err != nil {
		return err
	}
	before, counted := stores(ctx, leader)
	readAt := time.Now()
	windows, err := leader.Schedule(ctx) // the last of the readings: a post follows at once
	if err != nil {
		return fmt.Errorf("reading the schedule: %w", err)
	}
	now := maintenance.Schedule(windows)
	if u.result.Warnings, err = now.Check(u.change, facts); err != nil {
		return err
	}
	if !now.Made(u.change) {
		if err := u.post(ctx, leader, now, readAt); err != nil {
			return err
		}
		if after, again := stores(ctx, leader); counted && again {
			u.result.Unseen += max(0, after-before-1)
		}
	}
	return u.settle(ctx)
}

func factsOf(ctx context.Context, leader Leader) (maintenance.Facts, error) {
	agents, err := leader.Agents(ctx)
	if err != nil {
		return maintenance.Facts{}, fmt.Errorf("reading the agents: %w", err)
	}
	status, err := leader.MaintenanceStatus(ctx)
	if err != nil {
		return maintenance.Facts{}, fmt.Errorf("reading the machines that are DOWN: %w", err)
	}
	return maintenance.Facts{Now: time.Now(), Agents: agents, Down: status.Down}, nil
}

// post posts the changed schedule once, and returns when it has had its effect, or has none.
func (u *updating) post(ctx context.Context, leader Leader, now maintenance.Schedule, readAt time.Time) error {
	if age := elapsed.Since(readAt); age > Fresh {
		return fmt.Errorf("the schedule that was read is %s old, want at most %s: nothing is posted", age.Round(time.Second), Fresh)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	began := time.Now()
	ctx = context.WithoutCancel(ctx)
	merged := now.Merge(u.change)
	u.others = append(u.others, merged.Lost(u.change, u.others)...)
	u.result.Posts++
	err := leader.UpdateSchedule(ctx, merged)
	var unknown *mesos.UnknownOutcomeError
	if err != nil && !errors.As(err, &unknown) {
		u.result.Posts--
		return fmt.Errorf("posting the schedule: %w", err)
	}
	// Without an answer, it may have its effect until the registry's time is over.
	for unknown != nil {
		if made, rerr := u.made(ctx); rerr == nil && made {
			return nil
		}
		if elapsed.Least(began, time.Now()) > mesos.WriteTimeout {
			return fmt.Errorf("posting the schedule: %w", err)
		}
		if err := wait(ctx, spacing); err != nil {
			return err
		}
	}
	return nil
}

// made reads the schedule, and reports whether the change is in it.
func (u *updating) made(ctx context.Context) (bool, error) {
	leader, err := u.find(ctx)
	if err != nil {
		return false, fmt.Errorf("finding the leading master: %w", err)
	}
	windows, err := leader.Schedule(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the schedule back: %w", err)
	}
	u.result.Lost = u.others.Lost(u.change, windows)
	return maintenance.Schedule(windows).Made(u.change), nil
}

// settle reads until nothing that others have read before can have an effect any more. Its
// last reading must succeed.
func (u *updating) settle(ctx context.Context) error {
	began := time.Now()
	for {
		made, err := u.made(ctx)
		over := elapsed.Least(began, time.Now()) > Settle
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("%w: %w", ErrUnconfirmed, ctx.Err())
		case err == nil && !made:
			return ErrOverwritten
		case over:
			return err
		}
		if err := wait(ctx, spacing); err != nil {
			return fmt.Errorf("%w: %w", ErrUnconfirmed, err)
		}
	}
}

// stores is how many times this leader has written the registry.
func stores(ctx context.Context, leader Leader) (n int, known bool) {
	m, err := leader.Metrics(ctx)
	count, known := m.Get("registrar/state_store_ms/count")
	return int(count), known && err == nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
