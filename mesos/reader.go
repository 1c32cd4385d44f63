package mesos

import (
	"context"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// readSpacing keeps a daemon's /metrics/snapshot below the two requests a
// second that libprocess answers without queueing, with room for others.
const readSpacing = 600 * time.Millisecond

// Sample is one reading of a daemon's metrics.
type Sample struct {
	Metrics dcos.Metrics // shared between callers: do not change
	Asked   time.Time    // when the request was sent, controller's clock
	At      time.Time    // when the answer was complete, controller's clock
}

// Reader shares the readings of one daemon's metrics among many callers: at
// most one request is under way, and requests start at least 600 ms apart.
// Make one per daemon. Safe for concurrent use; it starts no goroutine.
type Reader struct {
	client *Client
	turn   chan struct{} // holds one token; whoever has it may ask

	mu   sync.Mutex
	next *reading  // the reading that has not begun and can still be joined
	last time.Time // when the latest request began
}

// reading is one request and those who wait for it.
type reading struct {
	done   chan struct{}
	sample Sample
	err    error
	// abandoned: the caller that carried the request did not see it through
	// (its context ended); the others must ask again.
	abandoned bool
}

// NewReader reads the metrics of the client's daemon.
func NewReader(c *Client) *Reader {
	r := &Reader{client: c, turn: make(chan struct{}, 1)}
	r.turn <- struct{}{}
	return r
}

// Read gives a sample that was asked for after Read was called, never an
// earlier one. It ends with the context's error when that ends first; other
// errors are those of Client.Metrics, the same for all who shared the request.
func (r *Reader) Read(ctx context.Context) (Sample, error) {
	for {
		if err := ctx.Err(); err != nil {
			return Sample{}, err
		}
		g, mine := r.join()
		if mine {
			r.carry(ctx, g)
			return g.sample, g.err
		}
		select {
		case <-ctx.Done():
			return Sample{}, ctx.Err()
		case <-g.done:
		}
		if !g.abandoned {
			return g.sample, g.err
		}
	}
}

// join gives the reading that begins next, and whether the caller has to carry it.
func (r *Reader) join() (g *reading, mine bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next == nil {
		r.next = &reading{done: make(chan struct{}), abandoned: true}
		return r.next, true
	}
	return r.next, false
}

// carry waits for the turn and asks, for everyone who has joined until then.
func (r *Reader) carry(ctx context.Context, g *reading) {
	defer close(g.done)
	if g.err = r.wait(ctx); g.err != nil {
		r.mu.Lock()
		r.next = nil
		r.mu.Unlock()
		return
	}
	defer func() { r.turn <- struct{}{} }()
	asked := r.begin()
	m, err := r.client.Metrics(ctx)
	if err != nil {
		g.err, g.abandoned = err, ctx.Err() != nil
		return
	}
	g.sample, g.abandoned = Sample{Metrics: m, Asked: asked, At: time.Now()}, false
}

// begin closes the next reading to further callers: who comes from now on
// must not get a sample that was asked for before.
func (r *Reader) begin() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = nil
	r.last = time.Now()
	return r.last
}

// wait takes the turn, and keeps it unless it gives an error.
func (r *Reader) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-r.turn:
	}
	r.mu.Lock()
	rest := readSpacing - time.Since(r.last)
	r.mu.Unlock()
	if rest <= 0 {
		return nil
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		r.turn <- struct{}{}
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
