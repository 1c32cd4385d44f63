package mesos

import (
	"context"
	"sync"
	"time"
)

// Shared puts one question for many callers who want the answer at about the
// same time: at most one is under way, and each begins a while after the one
// before it, by its Pace. Nobody is given an answer that was asked for before
// they came.
//
// Make one per question with NewShared. Safe for concurrent use; it starts no
// goroutine.
type Shared[T any] struct {
	ask  func(context.Context) (T, error)
	pace Pace
	turn chan struct{} // holds one token; whoever has it may ask

	mu    sync.Mutex
	next  *asking[T] // the asking that has not begun and can still be joined
	ready time.Time  // when another asking may begin
}

// Pace says how often a question may be put. The zero Pace is without limit.
type Pace struct {
	Spacing time.Duration // between the beginnings of two askings, at least
	// Rest is for how many times as long as an answer took the one asked is left
	// alone, though not for longer than 1 s: a slow answer may be slow for reasons
	// that are over.
	Rest int
	// Ready is when those who will be asked can be asked at all; nil: at any time.
	// Who comes before that still shares the answer.
	Ready func() time.Time
}

// asking is one asking and those who wait for it.
type asking[T any] struct {
	done   chan struct{}
	answer T
	err    error
	// abandoned: the caller that carried the question did not see it through
	// (its context ended); the others must ask again.
	abandoned bool
}

// NewShared shares the answers of ask. What ask gives is handed to several
// callers: it must not be changed.
func NewShared[T any](pace Pace, ask func(context.Context) (T, error)) *Shared[T] {
	s := &Shared[T]{ask: ask, pace: pace, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// Get gives an answer that was asked for after Get was called, never an
// earlier one. It ends with the context's error when that ends first; other
// errors are those of the question, the same for all who shared it.
func (s *Shared[T]) Get(ctx context.Context) (T, error) {
	var none T
	for {
		if err := ctx.Err(); err != nil {
			return none, err
		}
		a, mine := s.join()
		if mine {
			s.carry(ctx, a)
			return a.answer, a.err
		}
		select {
		case <-ctx.Done():
			return none, ctx.Err()
		case <-a.done:
		}
		if !a.abandoned {
			return a.answer, a.err
		}
	}
}

// Ready is when another asking may begin; not after now when at once.
func (s *Shared[T]) Ready() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready
}

// join gives the asking that begins next, and whether the caller has to carry it.
func (s *Shared[T]) join() (a *asking[T], mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = &asking[T]{done: make(chan struct{}), abandoned: true}
		return s.next, true
	}
	return s.next, false
}

// carry waits for the turn and asks, for everyone who has joined until then.
func (s *Shared[T]) carry(ctx context.Context, a *asking[T]) {
	defer close(a.done)
	if a.err = s.wait(ctx); a.err != nil {
		s.mu.Lock()
		s.next = nil
		s.mu.Unlock()
		return
	}
	defer func() { s.turn <- struct{}{} }()
	began := s.begin()
	a.answer, a.err = s.ask(ctx)
	a.abandoned = a.err != nil && ctx.Err() != nil
	s.end(began)
}

// begin closes the next asking to further callers: who comes from now on must
// not get an answer that was asked for before.
func (s *Shared[T]) begin() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = nil
	now := time.Now()
	s.ready = now.Add(s.pace.Spacing)
	return now
}

// end leaves the one who answered alone for a while.
func (s *Shared[T]) end(began time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if rested := now.Add(min(time.Duration(s.pace.Rest)*now.Sub(began), restMost)); rested.After(s.ready) {
		s.ready = rested
	}
}

// restMost bounds the rest after a slow answer.
const restMost = time.Second

// wait takes the turn, and keeps it unless it gives an error.
func (s *Shared[T]) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.turn:
	}
	rest := time.Until(s.Ready())
	if s.pace.Ready != nil {
		rest = max(rest, time.Until(s.pace.Ready()))
	}
	if rest <= 0 {
		return nil
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		s.turn <- struct{}{}
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
